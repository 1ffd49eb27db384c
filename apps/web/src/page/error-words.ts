import { isLivegateError, type LivegateErrorCode } from '@livegate/core'
import { isServerThere } from './api-client.ts'

/** What happened and what to do, for visitors: the errors' own messages are for who programs the page. */
const words: { readonly [code in LivegateErrorCode]?: string } = {
  'microphone-denied':
    'The browser does not let this page use the microphone. Allow it in the settings of the site, and start again.',
  'microphone-missing':
    'No microphone is connected. Plug one in; a conversation that is going on takes it by itself.',
  'microphone-lost':
    'The microphone is gone. Plug it in again, or another one; a conversation that is going on takes it by itself.',
  'microphone-busy':
    'Another program uses the microphone. Close that program, or let the recording talk instead.',
  'unsupported-platform':
    'This browser offers the page no sound. Open the page in a current browser, at the address that “demo:web” printed.',
  'unsupported-audio':
    'The model answers with audio that this page cannot play. The conversation goes on without its voice.',
  'worklet-failed': `A part of this page could not be loaded. ${isServerThere}`,
  closed: 'There is no connection: the server refused it, ended it, or cannot be reached. Try again.',
}

/** What a visitor reads of something that went wrong, or waits for them. */
export function wordsOf(notice: unknown = ''): string {
  const known = isLivegateError(notice) ? words[notice.code] : undefined
  return known ?? (notice instanceof Error ? notice.message : String(notice))
}
