import { describe, expect, it } from 'vitest'
import type { CallOptions, ProfileName } from '../src/index.ts'
import { runAgent } from './clients/adk-agent.ts'
import { converse, profiles, spokenTurn, turnToSpeak } from './spoken-turn.ts'

/** What ADK expects of a model but the profile does not do: see the last test. */
const calls: Partial<Record<ProfileName, CallOptions>> = { 'gemini-2.5': { endTurn: true } }

describe('an agent of ADK', () => {
  it.concurrent.each(profiles)(
    'speaks, runs its tool and hears the reply to its end: %s',
    async (profile) => {
      const vertex = profile === 'vertex'
      const outcome = await converse({ profile, calls: calls[profile] ?? {} }, ({ url }) =>
        runAgent(url, vertex, turnToSpeak(profile)),
      )
      expect(outcome).toEqual({
        ...spokenTurn,
        connection: vertex
          ? { api: 'vertex', version: 'v1beta1', constrained: false, credential: 'bearer' }
          : { api: 'gemini', version: 'v1alpha', constrained: false, credential: 'key' },
      })
    },
  )

  it.concurrent('never runs a tool of 2.5 if only the answer ends the turn, because it waits for the end of the turn', async () => {
    const lastWords = 'Said behind the call.'
    const { client, emulator } = await converse(
      {
        profile: 'gemini-2.5',
        onEntry: (entry, session) => {
          if (entry.kind !== 'sent' || entry.message.type !== 'toolCall') return
          session.sendText(JSON.stringify({ serverContent: { outputTranscription: { text: lastWords } } }))
        },
      },
      ({ url }) => runAgent(url, false, turnToSpeak('gemini-2.5'), lastWords),
    )
    expect([client.said, emulator.responses]).toEqual([lastWords, []])
  })
})
