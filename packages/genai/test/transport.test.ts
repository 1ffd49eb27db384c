import { testTransport } from '@livegate/testkit'
import { describe, it } from 'vitest'
import { openConnection } from '../src/open-connection.ts'
import { sdks } from './sdks.ts'

describe.each(sdks)('the transport over @google/genai %s', (_, { GoogleGenAI }) => {
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
