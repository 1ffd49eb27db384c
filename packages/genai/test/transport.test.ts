import * as sdk3 from '@google/genai'
import * as sdk2 from '@google/genai-2'
import { testTransport } from '@livegate/testkit'
import { describe, it } from 'vitest'
import { openConnection } from '../src/open-connection.ts'

// The types of one SDK stand for both, as in connect-live.test.ts.
describe.each<[string, typeof sdk3]>([
  ['3.x', sdk3],
  ['2.x', sdk2 as unknown as typeof sdk3],
])('the transport over @google/genai %s', (_, { GoogleGenAI }) => {
  const scenarios = testTransport({
    create({ session, server }) {
      const ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: server.url } })
      const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {} } }
      return openConnection(session, ai, params, { onMalformed: () => {}, onCallbackFailed: () => {} })
    },
    features: { signal: { missing: 'the SDK takes none' } },
    // For a machine that has other work.
    limitMs: 20_000,
  })
  for (const { title, skip, run } of scenarios) it(title, { skip: skip !== false }, run)
})
