import { GoogleGenAI } from '@google/genai'
import type { TokenTicket } from '../api/api.ts'
import { liveConfig, type TalkMode } from '../api/live-config.ts'
import type { Backend } from './options.ts'

const minuteMs = 60_000

/**
 * Mints an ephemeral token for one session. The setup is locked, so the token is good for this conversation only (ai.google.dev, Live API:
 * ephemeral tokens; if no further field is named, what is absent from the constraints is locked as well).
 *
 * @param abortSignal aborted when nobody waits for the token any more.
 */
export async function mintToken(
  { apiKey, model, baseUrl }: Extract<Backend, { kind: 'google' }>,
  mode: TalkMode,
  abortSignal: AbortSignal,
): Promise<TokenTicket> {
  const httpOptions = { apiVersion: 'v1alpha', ...(baseUrl !== undefined && { baseUrl }) }
  const ai = new GoogleGenAI({ apiKey, vertexai: false, httpOptions })
  const now = Date.now()
  const asked = ai.authTokens.create({
    config: {
      abortSignal,
      // One for the first connection, and one for another that takes over.
      uses: 2,
      newSessionExpireTime: new Date(now + minuteMs).toISOString(),
      expireTime: new Date(now + 30 * minuteMs).toISOString(),
      liveConnectConstraints: { model, config: liveConfig(mode) as object },
    },
  })
  const { name } = await asked.catch((error: Error) => {
    throw new Error(`Google gave no token: ${wordsOf(error.message)}`)
  })
  if (!name) throw new Error('the answer has no token')
  return { accessToken: name, model, ...(baseUrl !== undefined && { url: baseUrl }) }
}

/** Returns Google's own words: the SDK's message is the JSON of the whole answer. */
function wordsOf(message: string): string {
  try {
    return String(JSON.parse(message).error.message ?? message)
  } catch {
    return message
  }
}
