import fc from 'fast-check'
import { describe, inject, it } from 'vitest'
import { dropInput, holdInput, type InputPolicy, passInput, profileFor } from '../src/index.ts'
import { settled } from './manual-clock.ts'
import { checkEnd, checkOrder } from './session-checks.ts'
import { Scene } from './session-scene.ts'
import { must } from './session-server.ts'
import { circumstances, sequence } from './session-steps.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

const effort = inject('effort')

const profiles = [
  profileFor('gemini-2.5-flash-native-audio'),
  profileFor('gemini-3.1-flash-live-preview'),
  profileFor('gemini-3.8-live'),
  profileFor('any', 'vertex'),
  profileFor('any'),
]

const policies: readonly (readonly [string, InputPolicy])[] = [
  ['holdInput', holdInput()],
  ['holdInput, of 100 ms', holdInput({ maxDurationMs: 100 })],
  ['dropInput', dropInput()],
  ['passInput', passInput()],
]

const combinations = profiles.flatMap((profile) =>
  policies.map(([name, policy]) => [profile.name, name, profile, policy] as const),
)

describe.each(combinations)(
  'a session of %s with %s, under random interleavings',
  (_, _name, profile, policy) => {
    it('G1, G2, G3, G4, G5, G6, G7, G8, G9, G10, G12: keeps every law at every step', async () => {
      await fc.assert(
        fc.asyncProperty(circumstances, sequence(40), async (given, steps) => {
          const scene = new Scene(profile, policy, given)
          for (const each of steps) await scene.take(each)
          await scene.settle()
          checkOrder(scene.facts)
        }),
        { numRuns: 550 * effort },
      )
    })

    it('G11.1: gives the same effects for the same facts', async () => {
      await fc.assert(
        fc.asyncProperty(circumstances, sequence(30), async (given, steps) => {
          const [once, again] = [new Scene(profile, policy, given), new Scene(profile, policy, given)]
          for (const each of steps) {
            await once.take(each)
            await again.take(each)
          }
          const seen = ({ session, facts, events }: Scene) =>
            JSON.stringify([session.snapshot(), facts.wire, events])
          must(seen(once) === seen(again), 'G11.1: the same facts give the same effects')
        }),
        { numRuns: 30 * effort },
      )
    })

    it('G3, G5, G7: leaves nothing behind when it is closed at any moment', async () => {
      await fc.assert(
        fc.asyncProperty(circumstances, sequence(20), async (given, steps) => {
          const scene = new Scene(profile, policy, given)
          for (const each of steps) await scene.take(each)
          scene.close()
          await settled()
          checkEnd(scene.facts, scene.session, scene.events)
        }),
        { numRuns: 60 * effort },
      )
    })
  },
)
