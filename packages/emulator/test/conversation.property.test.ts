import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  property,
  record,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  CallOptions,
  EmulatedSession,
  EmulatorOptions,
  Fault,
  InputDuringCall,
  LogEntry,
  Reply,
  SentCall,
  SentMessage,
} from '../src/index.ts'
import {
  activityEnd,
  activityStart,
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
import { defaultMark, shapeOf } from './recordings.ts'

const profiles = ['gemini-2.5', 'gemini-3.1', 'gemini-3.8', 'vertex'] as const
const functions = ['waits', 'goes_on', 'undeclared'] as const
const tools = [
  {
    functionDeclarations: [
      { name: 'waits', behavior: 'BLOCKING' },
      { name: 'goes_on', behavior: 'NON_BLOCKING' },
    ],
  },
]

function content(turnComplete: boolean): object {
  return { clientContent: { turns: [{ role: 'user', parts: [{ text: 'Well.' }] }], turnComplete } }
}

/** Named, so that a failing sequence is printed in a few words. */
const messages = {
  tone: audio(tone(100)),
  silence: audio(silence(500)),
  'stream end': audioStreamEnd,
  start: activityStart,
  end: activityEnd,
  text: text('Hello'),
  'start and text': { realtimeInput: { activityStart: {}, text: 'Hm?' } },
  'tone and text': { realtimeInput: { ...inputOf(audio(tone(100))), text: 'Hm?' } },
  video: { realtimeInput: { video: { data: '/9j/', mimeType: 'image/jpeg' } } },
  nothing: { realtimeInput: {} },
  content: content(true),
  'content to be continued': content(false),
  'context update': { contextUpdate: { tools: { tools: [] } } },
} satisfies Record<string, object>

const mistakes = {
  'second setup': setup(),
  'two messages': { ...text('a'), ...content(true) },
  'half a sample': { realtimeInput: { audio: { data: 'AAAA', mimeType: 'audio/pcm' } } },
} satisfies Record<string, object>

function inputOf(message: object): object {
  return (message as { realtimeInput: object }).realtimeInput
}

/** An action of the client, or of the test in place of the server. `call` counts from the latest. */
type Step =
  | { readonly send: keyof typeof messages | keyof typeof mistakes }
  | { readonly waitMs: number }
  | { readonly answer: number; readonly id?: 'none' | 'unknown'; readonly more: object }
  | { readonly call: readonly string[] }
  | { readonly cancel: number }
  | { readonly inject: Fault }
  | { readonly disconnect: number }

interface Play {
  readonly options: Omit<EmulatorOptions, 'clock' | 'onEntry'>
  readonly manual: boolean
  readonly interruptible: boolean
  readonly more: object
  readonly steps: readonly Step[]
}

const step: Arbitrary<Step> = oneof(
  {
    weight: 40,
    arbitrary: constantFrom(...(Object.keys(messages) as (keyof typeof messages)[])).map((send) => ({
      send,
    })),
  },
  { weight: 25, arbitrary: integer({ min: 1, max: 2500 }).map((waitMs) => ({ waitMs })) },
  {
    weight: 16,
    arbitrary: record(
      {
        answer: nat(2),
        id: oneof(constantFrom('none' as const, 'unknown' as const)),
        more: constantFrom(
          {},
          { willContinue: true },
          { scheduling: 'SILENT' },
          { scheduling: 'INTERRUPT' },
          { scheduling: 'WHEN_IDLE' },
        ),
      },
      { requiredKeys: ['answer', 'more'] },
    ),
  },
  {
    weight: 3,
    arbitrary: array(constantFrom(...functions), { minLength: 1, maxLength: 2 }).map((call) => ({ call })),
  },
  { weight: 3, arbitrary: nat(2).map((cancel) => ({ cancel })) },
)

const mishap: Arbitrary<Step> = oneof(
  constantFrom(...(Object.keys(mistakes) as (keyof typeof mistakes)[])).map((send) => ({ send })),
  constantFrom<Fault>(
    { fault: 'close', like: 'aborted' },
    { fault: 'drop' },
    { fault: 'silence' },
    { fault: 'latency', ms: 30, jitterMs: 50 },
    { fault: 'latency', ms: 0 },
    { fault: 'stop-reading', forMs: 300 },
    { fault: 'audio-message', ms: 1000 },
    { fault: 'go-away', timeLeftMs: 1000 },
    { fault: 'send', text: '{"raw":{}}' },
  ).map((inject) => ({ inject })),
  constantFrom(1000, 1005, 1006).map((disconnect) => ({ disconnect })),
)

const script: Arbitrary<readonly Reply[]> = array(
  constantFrom<Reply>(
    { say: 'Hm.' },
    { say: 'A sentence that lasts for a while.' },
    { silent: true },
    { say: 'Only to a text.', when: { turn: 'text' } },
    { call: [{ name: 'waits' }] },
    { say: 'I am looking it up now.', call: [{ name: 'waits' }], thenSay: 'Found it.' },
    { say: 'It is being looked up.', call: [{ name: 'goes_on' }], thenSay: 'Found it.' },
    { say: 'Hm.', thought: 'Which sound is short?' },
    { call: [{ name: 'goes_on' }], thenSay: 'So that was it.' },
    { call: [{ name: 'undeclared' }, { name: 'goes_on' }], thenSay: 'Both are done.' },
  ),
  { minLength: 1, maxLength: 4 },
)

const inputDuringCall = constantFrom<InputDuringCall>(
  { action: 'accept' },
  { action: 'close', probability: 0.2 },
  { action: 'cancel', on: 'turn', afterMs: 1500 },
  { action: 'cancel', on: 'input', afterMs: 0 },
)

const calls: Arbitrary<CallOptions> = record(
  {
    delivery: constant('twice'),
    ids: constant('omitted'),
    endTurn: boolean(),
    answered: constant('ignored'),
  },
  { requiredKeys: [] },
)

/** Random sessions of such steps. */
function plays(steps: Arbitrary<Step>): Arbitrary<Play> {
  return record({
    options: record(
      { profile: constantFrom(...profiles), script, seed: nat(9), inputDuringCall, calls },
      { requiredKeys: ['profile', 'script', 'seed'] },
    ),
    manual: boolean(),
    interruptible: boolean(),
    more: constantFrom({}, { outputAudioTranscription: {}, sessionResumption: {} }),
    steps: array(steps, { minLength: 5, maxLength: 40 }),
  })
}

/** Performs the steps until they or the session end. */
function perform(
  { options, manual, interruptible, more, steps }: Play,
  onEntry: (entry: LogEntry, session: EmulatedSession) => void = () => {},
): Bench {
  const bench = new Bench({ ...options, onEntry })
  const realtimeInputConfig = {
    ...(manual ? manualMode.realtimeInputConfig : {}),
    ...(interruptible ? {} : { activityHandling: 'NO_INTERRUPTION' }),
  }
  bench.send(setup({ tools, realtimeInputConfig, ...more }))
  for (const one of steps) {
    if (bench.session.closed !== undefined) break
    take(one, bench)
  }
  return bench
}

function take(step: Step, bench: Bench): void {
  const { session } = bench
  const latest = (place: number) => callsOf(session.log).at(-1 - place)
  if ('send' in step) bench.send({ ...messages, ...mistakes }[step.send])
  else if ('waitMs' in step) bench.wait(step.waitMs)
  else if ('answer' in step) {
    const { id, name } = latest(step.answer) ?? { id: 'unknown', name: 'waits' }
    const ids = step.id === 'none' ? {} : { id: step.id ?? id }
    bench.send({ toolResponse: { functionResponses: [{ ...ids, name, response: {}, ...step.more }] } })
  } else if ('call' in step) session.callTools(step.call.map((name) => ({ name })))
  else if ('cancel' in step) session.cancelCalls([latest(step.cancel)?.id ?? 'unknown'])
  else if ('inject' in step) session.inject(step.inject)
  else session.disconnected(step.disconnect, '')
}

function callsOf(log: readonly LogEntry[]): readonly SentCall[] {
  return log.flatMap((entry) =>
    entry.kind === 'sent' && entry.message.type === 'toolCall' && entry.message.repeated !== true
      ? entry.message.calls
      : [],
  )
}

/** The profiles whose models speak over the user if a response asks for it. */
const interruptsUser = new Set<string | undefined>(['gemini-2.5', 'vertex'])

describe('whatever client and server do,', () => {
  const searched = { numRuns: 2000 * effort }
  const timeout = effort > 1 ? 0 : 60_000

  it(
    'the model does not speak while the user does, unless interruptions are forbidden or a response demands it',
    () => {
      let [spoken, answeredMeanwhile] = [0, 0]
      assert(
        property(plays(step), (play) => {
          if (!play.interruptible) return
          let isTold = false
          perform(play, (entry, session) => {
            const userSpeaks = session.turns.some(({ endMs }) => endMs === undefined)
            if (entry.kind === 'received' && entry.message.type === 'toolResponse') {
              answeredMeanwhile += Number(userSpeaks)
              isTold ||= entry.message.responses.some(({ scheduling }) => scheduling === 'INTERRUPT')
            }
            if (entry.kind !== 'sent') return
            if (entry.message.type === 'generationComplete') isTold = false
            if (entry.message.type !== 'audio') return
            spoken++
            if (userSpeaks && !(isTold && interruptsUser.has(play.options.profile)))
              throw new Error('the model speaks over the user')
          })
        }),
        searched,
      )
      // The search is meaningful only if there is speech, and some answers come while the user speaks.
      expect({ spoken: spoken > 1000, answeredMeanwhile: answeredMeanwhile > 100 }).toEqual({
        spoken: true,
        answeredMeanwhile: true,
      })
    },
    timeout,
  )

  it(
    'a session ends once and leaves no timer, each call ends once, and the log matches the wire',
    () => {
      const ends = new Map<string, number>()
      assert(
        property(plays(oneof({ weight: 20, arbitrary: step }, { weight: 1, arbitrary: mishap })), (play) => {
          const bench = perform(play)
          const { session, clock, frames } = bench
          session.disconnected(1006, '')
          expect(clock.pendingTimers).toBe(0)
          const [log, sent] = [[...session.log], [...frames]]
          bench.send(messages.text).wait(100_000).session.disconnected(1000, '')
          expect([session.log, frames]).toEqual([log, sent])
          const acts = bench.seen().map((line) => line.split(' ')[1] ?? '')
          const end = acts.findIndex((act) => act === 'close' || act === 'drop')
          if (end !== -1) expect(acts.slice(end + 1).filter((act) => act !== 'reads')).toEqual([])
          expectOneEnd(session)
          expectOneEndOfEachCall(play, session)
          expectTurns(log)
          expectLogOfFrames(play, session, frames)
          expect(frames.flatMap((frame) => shapeOf(JSON.parse(frame)).filter(isOfDefault))).toEqual([])
          const { by, code } = session.closed ?? {}
          ends.set(`${code} by the ${by}`, (ends.get(`${code} by the ${by}`) ?? 0) + 1)
          const again = perform(play)
          again.session.disconnected(1006, '')
          expect([again.session.log, again.frames]).toEqual([log, sent])
        }),
        searched,
      )
      const causes = ['1007 by the server', '1008 by the server', '1006 by the server', '1006 by the client']
      expect([...ends.keys()]).toEqual(expect.arrayContaining(causes))
    },
    timeout,
  )
})

/** Whether a frame has a default value, which proto3 would omit: zero, an empty text or false. */
function isOfDefault(leaf: string): boolean {
  return leaf.endsWith(defaultMark)
}

function expectOneEnd({ log, closed }: EmulatedSession): void {
  const ends = log.filter((entry) => entry.kind === 'close')
  expect(ends).toHaveLength(1)
  expect(log.at(-1)).toEqual({ kind: 'close', atMs: ends[0]?.atMs, ...closed })
}

/** Follows the calls through the log. Checks the status reported for each response, and that no call ends twice. */
function expectOneEndOfEachCall({ options, steps }: Play, { log, toolResponses }: EmulatedSession): void {
  // The log does not contain discarded messages.
  if (steps.some((one) => 'inject' in one && one.inject.fault === 'silence')) return
  const byHand = steps.some((one) => 'cancel' in one)
  const states = new Map<string, { readonly name: string; is: 'pending' | 'answered' | 'cancelled' }>()
  const told: string[] = []
  const byName = options.profile === 'vertex' || options.calls?.ids === 'omitted'
  for (const entry of log) {
    if (entry.kind === 'sent' && entry.message.type === 'toolCall' && entry.message.repeated !== true) {
      for (const { id, name } of entry.message.calls) {
        expect(states.has(id)).toBe(false)
        states.set(id, { name, is: 'pending' })
      }
    }
    if (entry.kind === 'sent' && entry.message.type === 'toolCallCancellation') {
      for (const id of entry.message.ids) {
        const call = states.get(id)
        if (!byHand) expect(call?.is).toBe('pending')
        if (call?.is === 'pending') call.is = 'cancelled'
      }
    }
    if (entry.kind === 'received' && entry.message.type === 'toolResponse') {
      for (const { id, name, willContinue } of entry.message.responses) {
        const oldest = [...states.values()].find((one) => one.name === name && one.is === 'pending')
        const call = id === undefined && byName ? oldest : states.get(id ?? '')
        told.push(call?.is ?? 'unknown')
        if (call?.is === 'pending' && !willContinue) call.is = 'answered'
      }
    }
  }
  expect(toolResponses.map(({ idWas }) => idWas)).toEqual(told)
}

/** Checks that a turn ends once, after generationComplete or interrupted, with no speech in between. */
function expectTurns(log: readonly LogEntry[]): void {
  let ended: 'generationComplete' | 'interrupted' | undefined
  for (const entry of log) {
    if (entry.kind !== 'sent') continue
    const { type } = entry.message
    if (type === 'audio' || type === 'transcript') expect(ended).toBe(undefined)
    if (type === 'generationComplete') expect(ended).toBe(undefined)
    if (type === 'interrupted') expect(ended).not.toBe('interrupted')
    if (type === 'turnComplete') expect(ended).not.toBe(undefined)
    if (type === 'generationComplete' || type === 'interrupted') ended = type
    if (type === 'turnComplete') ended = undefined
  }
}

/** Compares the sent messages of the log with the frames. Delayed frames are lost with the connection. */
function expectLogOfFrames(
  { steps }: Play,
  { log, closed }: EmulatedSession,
  frames: readonly string[],
): void {
  const wasLate = steps.some((one) => 'inject' in one && one.inject.fault === 'latency')
  const logged = log.flatMap((entry) => (entry.kind === 'sent' ? [wordsOfMessage(entry.message)] : []))
  const sent = frames.flatMap(wordsOfFrame)
  const lost = wasLate && (closed?.by === 'client' || closed?.code === 1006) ? logged.length - sent.length : 0
  expect(sent).toEqual(logged.slice(0, logged.length - lost))
}

function wordsOfMessage(message: SentMessage): string {
  switch (message.type) {
    case 'audio':
      return `audio ${message.samples}`
    case 'transcript':
      return `transcript ${message.text}`
    case 'toolCall':
      return `calls ${message.calls.map(({ name }) => name)}`
    case 'toolCallCancellation':
      return `cancels ${message.ids}`
    case 'sessionResumptionUpdate':
      return `handle ${message.handle}`
    case 'goAway':
      return `goAway ${message.timeLeftMs / 1000}s`
    default:
      return message.type
  }
}

/** The messages in a frame: several if audio and its transcript share it, none if it is one of the empty ones beside audio. */
function wordsOfFrame(frame: string): readonly string[] {
  const message = JSON.parse(frame) as {
    readonly toolCall?: { readonly functionCalls: readonly { readonly name: string }[] }
    readonly toolCallCancellation?: { readonly ids: readonly string[] }
    readonly sessionResumptionUpdate?: { readonly newHandle?: string }
    readonly goAway?: { readonly timeLeft: string }
    readonly serverContent?: {
      readonly modelTurn?: { readonly parts: readonly WirePart[] }
      readonly outputTranscription?: { readonly text?: string; readonly finished?: true }
    }
  }
  if ('voiceActivity' in message) return ['voiceActivity']
  const [kind] = Object.keys(message)
  const { toolCall, toolCallCancellation, sessionResumptionUpdate, goAway, serverContent } = message
  if (toolCall !== undefined) return [`calls ${toolCall.functionCalls.map(({ name }) => name)}`]
  if (toolCallCancellation !== undefined) return [`cancels ${toolCallCancellation.ids}`]
  if (sessionResumptionUpdate !== undefined) return [`handle ${sessionResumptionUpdate.newHandle ?? ''}`]
  if (goAway !== undefined) return [`goAway ${goAway.timeLeft}`]
  if (serverContent === undefined) return kind === undefined ? [] : [kind]
  const { modelTurn, outputTranscription, ...others } = serverContent
  const [flag] = Object.keys(others)
  const called = modelTurn?.parts.flatMap(({ functionCall }) => functionCall?.name ?? []) ?? []
  const words = [
    ...(outputTranscription === undefined ? [] : [`transcript ${outputTranscription.text ?? ''}`]),
    ...(modelTurn?.parts.some(({ thought }) => thought) ? ['thought'] : []),
    ...(called.length > 0 ? [`calls ${called}`] : []),
    ...(modelTurn?.parts.flatMap(({ inlineData }) =>
      inlineData === undefined ? [] : [`audio ${Buffer.from(inlineData.data, 'base64').length / 2}`],
    ) ?? []),
    ...(flag === undefined ? [] : [flag]),
  ]
  return words.length > 0 ? words : ['emptyContent']
}

interface WirePart {
  readonly inlineData?: { readonly data: string }
  readonly functionCall?: { readonly name: string }
  readonly thought?: boolean
}
