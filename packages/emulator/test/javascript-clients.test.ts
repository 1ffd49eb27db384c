import { GoogleGenAI } from '@google/genai'
import { GoogleGenAI as GoogleGenAI2 } from '@google/genai-2'
import { describe, expect, it } from 'vitest'
import { speakTurn } from './clients/speak-turn.ts'
import { vertexAccount } from './clients/vertex-account.ts'
import { converse, profiles, spokenTurn, turnToSpeak } from './spoken-turn.ts'

const sdks = [
  { sdk: '3.x', Client: GoogleGenAI, version: 'v1' },
  { sdk: '2.x', Client: GoogleGenAI2, version: 'v1beta' },
]

describe('the SDK for JavaScript', () => {
  it.concurrent.each(sdks.flatMap((sdk) => profiles.map((profile) => ({ ...sdk, profile }))))(
    '$sdk speaks, answers a call and hears the reply to its end: $profile',
    async ({ Client, version, profile }) => {
      const vertex = profile === 'vertex'
      const account = vertex ? vertexAccount : { apiKey: 'test-key' }
      const outcome = await converse({ profile }, ({ url }) =>
        speakTurn(new Client({ ...account, httpOptions: { baseUrl: url } }), turnToSpeak(profile)),
      )
      expect(outcome).toEqual({
        ...spokenTurn,
        connection: vertex
          ? { api: 'vertex', version: 'v1beta1', constrained: false, credential: 'bearer' }
          : { api: 'gemini', version, constrained: false, credential: 'key' },
      })
    },
  )
})
