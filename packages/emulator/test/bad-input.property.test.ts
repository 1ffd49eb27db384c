import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  nat,
  oneof,
  property,
  readConfigureGlobal,
  sample,
  string,
  tuple,
  uint8Array,
} from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { LiveLines } from '../src/command/live-lines.ts'
import { type EmulatedSession, type EmulatorOptions, type LogEntry, startEmulator } from '../src/index.ts'
import { protocol } from '../src/protocol/protocol.ts'
import { readMessage } from '../src/protocol/read-message.ts'
import {
  activityEnd,
  activityStart,
  answer,
  audio,
  audioStreamEnd,
  Bench,
  manualMode,
  setup,
  silence,
  text,
  tone,
} from './bench.ts'
import { effort } from './effort.ts'
import { findRecordings, recordedSessions, sdkEvents } from './recordings.ts'

const framesPerSession = 20
const longestFrame = 4000

const ownFrames = [
  setup({ outputAudioTranscription: {}, sessionResumption: {} }),
  setup(manualMode),
  audio(tone(100)),
  audio(silence(100)),
  audioStreamEnd,
  activityStart,
  activityEnd,
  text('Hello'),
  answer('function-call-1'),
  { clientContent: { turns: [{ role: 'user', parts: [{ text: 'a' }] }], turnComplete: true } },
  { contextUpdate: { tools: { tools: [] } } },
].map((message) => JSON.stringify(message))

/** Recorded frames of clients, if there are recordings, and some of our own. Long ones are cut. */
function corpus(): readonly string[] {
  const folder = findRecordings()
  if (folder === undefined) return ownFrames
  const recorded = [
    ...recordedSessions(folder).flatMap(({ messages }) => messages.map((message) => message.text)),
    ...sdkEvents(folder).flatMap((event) => ('frame' in event ? [event.frame] : [])),
  ]
  return [...ownFrames, ...recorded.map((frame) => frame.slice(0, longestFrame))]
}

const frames = corpus()
const fieldNames = Object.values(protocol).flatMap((message) => Object.keys(message))
const leaf = oneof(
  jsonValue(),
  constantFrom('AAA=', 'audio/pcm', 'NON_BLOCKING', '9.5s', '', 0, -1, 1e300, null, true),
)
const nested = (depth: number): Arbitrary<unknown> =>
  depth === 0
    ? leaf
    : oneof(
        leaf,
        array(nested(depth - 1), { maxLength: 3 }),
        dictionary(constantFrom(...fieldNames), nested(depth - 1), { maxKeys: 4 }),
      )
const clientFields = Object.keys(protocol.ClientMessage)
const flips = array(tuple(nat(longestFrame), nat(255)), { minLength: 1, maxLength: 4 })

/** A frame as the bytes that come from a socket. */
const badFrame: Arbitrary<Buffer> = oneof(
  // A frame of a client, whole or with some bytes changed.
  constantFrom(...frames).map((frame) => Buffer.from(frame)),
  tuple(constantFrom(...frames), flips).map(([frame, changes]) => {
    const bytes = Buffer.from(frame)
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte
    return bytes
  }),
  // The protocol's own names with values that don't belong to them.
  dictionary(constantFrom(...clientFields), nested(4), { minKeys: 1, maxKeys: 2 }).map((message) =>
    Buffer.from(JSON.stringify(message)),
  ),
  jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
  string().map((value) => Buffer.from(value)),
)

const documented = new Set([1007, 1008, 1011])

type Input = readonly (readonly [frame: Buffer, pauseMs: number])[]

/** Sends frames with pauses, over a new session whenever one has ended. Returns all sessions; the last may still be open. */
function play(options: Omit<EmulatorOptions, 'clock'>, input: Input): readonly Bench[] {
  const lines = new LiveLines((line) => {
    if (/\p{Cc}/u.test(line)) throw new Error(`a control character in ${JSON.stringify(line)}`)
  })
  // The command does this with each entry, and must survive bad input too.
  const onEntry = (entry: LogEntry, session: EmulatedSession) => {
    lines.add(entry, session, entry.atMs)
    JSON.stringify(entry)
  }
  const begin = () => new Bench({ ...options, onEntry }).send(setup({ sessionResumption: {} }))
  const benches = [begin()]
  for (const [frame, pauseMs] of input) {
    const last = benches.at(-1)
    const bench = last === undefined || last.session.closed !== undefined ? begin() : last
    if (bench !== last) benches.push(bench)
    bench.session.receive(frame.toString())
    bench.wait(pauseMs)
  }
  return benches
}

describe('bad input', () => {
  it(
    'never ends the process, and a session only with a documented code; the answers keep to the protocol',
    () => {
      const options = tuple(
        constantFrom('gemini-2.5' as const, 'gemini-3.1' as const, 'gemini-3.8' as const, 'vertex' as const),
        constantFrom(true, false),
        nat(),
      ).map(([profile, strict, seed]) => ({ profile, strict, seed }))
      const input = array(tuple(badFrame, integer({ min: 0, max: 300 })), {
        minLength: framesPerSession,
        maxLength: framesPerSession,
      })
      const ends = new Map<number | undefined, number>()
      assert(
        property(options, input, (chosen, frames) => {
          for (const { session, frames: answers, clock } of play(chosen, frames)) {
            const { closed } = session
            ends.set(closed?.code, (ends.get(closed?.code) ?? 0) + 1)
            if (closed !== undefined) {
              expect(documented).toContain(closed.code)
              expect(closed.by).toBe('server')
              expect(Buffer.byteLength(closed.reason)).toBeLessThanOrEqual(123)
              expect(closed.reason).not.toBe('')
            }
            for (const answer of answers) readMessage('ServerMessage', JSON.parse(answer), { strict: true })
            session.disconnected(1006, '')
            expect(clock.pendingTimers).toBe(0)
          }
        }),
        { numRuns: 3000 * effort },
      )
      // The search is meaningful only if some sessions go on, and others end for several causes.
      expect([...ends.keys()]).toEqual(expect.arrayContaining([undefined, 1007, 1008]))
    },
    effort > 1 ? 0 : 300_000,
  )

  it.each([
    ['nested', '['.repeat(1_000_000), 1007],
    [
      'nested and valid',
      `{"setup":{"model":"m","labels":${'{"a":'.repeat(100_000)}0${'}'.repeat(100_000)}}}`,
      1007,
    ],
    [
      'nested in what is not known',
      `{"setup":{"model":"m","more":${'['.repeat(99)}${']'.repeat(99)}}}`,
      1007,
    ],
    [
      'nested, but not too much,',
      `{"setup":{"model":"m","more":${'['.repeat(98)}${']'.repeat(98)}}}`,
      undefined,
    ],
    ['long', `{"realtimeInput":{"text":"${'a'.repeat(10_000_000)}"}}`, 1007],
    ['rich', `{"setup":{"model":"m","more":[${'{},'.repeat(100_000)}{}]}}`, 1007],
    ['rich, but not too much,', `{"setup":{"model":"m","more":[${'{},'.repeat(90_000)}{}]}}`, undefined],
  ])('that is very %s at most ends the session', (_case, frame, code) => {
    const bench = new Bench()
    bench.session.receive(frame)
    expect(bench.session.closed?.code).toBe(code)
  })

  it('leaves no session in memory', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const sessions = sample(array(tuple(badFrame, nat(300)), { minLength: 5, maxLength: 5 }), {
      numRuns: 1000,
      seed: 1,
    }).map((input) => play({}, input).map(({ session }) => new WeakRef(session)))
    // A turn of the event loop keeps its references until its end.
    await vi.waitFor(() => {
      collect()
      expect(sessions.flat().filter((session) => session.deref() !== undefined)).toEqual([])
    })
  })

  it('at the socket at most ends its own connection, whatever its bytes', async () => {
    const emulator = await startEmulator()
    const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
    const upgrade = [
      `GET ${path} HTTP/1.1`,
      'Host: x',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      '',
      '',
    ].join('\r\n')
    const runs = sample(uint8Array({ minLength: 1, maxLength: 200 }), {
      numRuns: 100 * effort,
      seed: readConfigureGlobal().seed ?? 1,
    })
    for (const bytes of runs) {
      const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write(upgrade)
      await new Promise((resolve) => socket.once('data', resolve))
      socket.end(bytes)
      socket.resume()
      await new Promise((resolve) => socket.once('close', resolve))
    }
    await vi.waitFor(() => expect(emulator.sessions.filter(({ closed }) => closed === undefined)).toEqual([]))
    expect(emulator.sessions).toHaveLength(runs.length)
    const client = new WebSocket(emulator.url.replace('http', 'ws') + path)
    client.on('open', () => client.send(JSON.stringify(setup())))
    expect(
      await new Promise((resolve) => client.once('message', (data) => resolve(JSON.parse(String(data))))),
    ).toEqual({
      setupComplete: {},
    })
    client.close()
    await emulator.close()
  })
})
