import { GoogleGenAI } from '@google/genai'
import type { TokenTicket } from '../api/api.ts'
import { liveConfig, type TalkMode } from '../api/live-config.ts'
import type { Backend } from './options.ts'

const minuteMs = 60_000

/**
 * Mints an ephemeral token for one session. The setup is locked: a page that has the token can hold this conversation and no other
 * (ai.google.dev, Live API: ephemeral tokens; what is not in the constraints is locked as well when no further field is named).
 *
 * @param abortSignal nobody waits for it any more.
 */
export async function mintToken(
  { apiKey, model, baseUrl }: Extract<Backend, { kind: 'google' }>,
  mode: TalkMode,
  abortSignal: AbortSignal,
): Promise<TokenTicket> {
  const httpOptions = { apiVersion: 'v1alpha', ...(baseUrl !== undefined && { baseUrl }) }
  const ai = new GoogleGenAI({ apiKey, vertexai: false, httpOptions })
  const now = Date.now()
  const { name } = await ai.authTokens.create({
    config: {
      abortSignal,
      // Two: one more for a connection that takes over from the first.
      uses: 2,
      newSessionExpireTime: new Date(now + minuteMs).toISOString(),
      expireTime: new Date(now + 30 * minuteMs).toISOString(),
      liveConnectConstraints: { model, config: liveConfig(mode) as object },
    },
  })
  if (!name) throw new Error('the answer has no token')
  return { accessToken: name, model, ...(baseUrl !== undefined && { url: baseUrl }) }
}
