import { isLivegateError, type LivegateErrorCode } from '@livegate/core'
import { isServerThere } from './api-client.ts'

/** What happened and what to do, for visitors. The errors' own messages are for programmers. */
const words: { readonly [code in LivegateErrorCode]?: string } = {
  'microphone-denied':
    'The browser does not let this page use the microphone. Allow it in the site settings, and start again.',
  'microphone-missing':
    'No microphone is connected. Plug one in; a running conversation picks it up by itself.',
  'microphone-lost':
    'The microphone is gone. Plug in this one or another; a running conversation picks it up by itself.',
  'microphone-busy':
    'Another program uses the microphone. Close that program, or let the recorded user talk instead.',
  'unsupported-platform':
    'This page has no access to sound here. Open it in a current browser, at the address that “demo:web” printed.',
  'unsupported-audio': 'This page cannot play the model’s audio. The conversation goes on without its voice.',
  'worklet-failed': `A part of this page could not be loaded. ${isServerThere}`,
  closed: 'There is no connection: the server refused it, ended it, or cannot be reached. Start again.',
}

/** The words for something that went wrong or is waited for. */
export function wordsOf(notice: unknown = ''): string {
  const known = isLivegateError(notice) ? words[notice.code] : undefined
  return known ?? (notice instanceof Error ? notice.message : String(notice))
}
