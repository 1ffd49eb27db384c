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
import type { CallOptions, EmulatorOptions, InputDuringCall, Reply } from '../src/index.ts'
import {
  activityEnd,
  activityStart,
  audio,
  audioStreamEnd,
  Bench,
  manualMode,
  setup,
  text,
  tone,
} from './bench.ts'
import { effort } from './effort.ts'

/** A frame of the server, as far as this test reads it. */
interface Frame {
  readonly toolCall?: {
    readonly functionCalls: readonly { readonly id?: string; readonly name: string; readonly args: object }[]
  }
  readonly toolCallCancellation?: { readonly ids: readonly string[] }
  readonly sessionResumptionUpdate?: { readonly newHandle?: string; readonly resumable?: boolean }
  readonly voiceActivity?: { readonly type: string }
  readonly serverContent?: {
    readonly modelTurn?: { readonly parts: readonly { readonly inlineData?: { readonly data: string } }[] }
    readonly outputTranscription?: object
    readonly inputTranscription?: object
    readonly generationComplete?: true
    readonly interrupted?: true
    readonly turnComplete?: true
  }
  readonly usageMetadata?: Readonly<Record<string, unknown>>
}

type Step =
  | { readonly say: 'tone' | 'silence'; readonly ms: number; readonly rate: number }
  | { readonly send: 'start' | 'end' | 'stream end' | 'text' | 'content' | 'more content' }
  | { readonly waitMs: number }
  | { readonly answer: number; readonly more: object }
  | { readonly reconnect: true }

interface Play {
  readonly options: Omit<EmulatorOptions, 'clock'>
  readonly manual: boolean
  readonly interruptible: boolean
  readonly steps: readonly Step[]
}

const content = (turnComplete: boolean) => ({
  clientContent: { turns: [{ role: 'user', parts: [{ text: 'Well, then.' }] }], turnComplete },
})

const signals = {
  start: activityStart,
  end: activityEnd,
  'stream end': audioStreamEnd,
  text: text('Hello'),
  content: content(true),
  'more content': content(false),
} as const

const step: Arbitrary<Step> = oneof(
  {
    weight: 10,
    arbitrary: record({
      say: constantFrom('tone' as const, 'silence' as const),
      ms: constantFrom(20, 100, 600),
      rate: constantFrom(16_000, 24_000, 8000),
    }),
  },
  {
    weight: 12,
    arbitrary: constantFrom(...(Object.keys(signals) as (keyof typeof signals)[])).map((send) => ({ send })),
  },
  { weight: 8, arbitrary: integer({ min: 1, max: 3000 }).map((waitMs) => ({ waitMs })) },
  {
    weight: 7,
    arbitrary: record({
      answer: nat(3),
      more: constantFrom({}, { scheduling: 'SILENT' }, { scheduling: 'INTERRUPT' }, { willContinue: true }),
    }),
  },
  { weight: 1, arbitrary: constant({ reconnect: true as const }) },
)

const tools = [
  {
    functionDeclarations: [
      { name: 'waits', behavior: 'BLOCKING' },
      { name: 'goes_on', behavior: 'NON_BLOCKING' },
    ],
  },
]

const reply = constantFrom<Reply>(
  { say: 'Hm.' },
  { say: 'A sentence that lasts for a while.', heard: 'What did I say?' },
  { call: [{ name: 'waits' }] },
  { say: 'I am looking it up now.', call: [{ name: 'waits' }, { name: 'waits' }], thenSay: 'Found it.' },
  { say: 'It is being looked up.', call: [{ name: 'goes_on' }], thenSay: 'Found it.' },
  { call: [{ name: 'goes_on' }, { name: 'goes_on' }], thenSay: 'So that was it.' },
  { call: [{ name: 'waits' }, { name: 'goes_on' }], thenSay: 'Both are done.' },
)

const play: Arbitrary<Play> = record({
  options: record(
    {
      profile: constantFrom(
        'gemini-2.5' as const,
        'gemini-3.1' as const,
        'gemini-3.8' as const,
        'vertex' as const,
      ),
      script: array(reply, { minLength: 1, maxLength: 4 }),
      inputDuringCall: constantFrom<InputDuringCall>(
        { action: 'accept' },
        { action: 'cancel', on: 'turn', afterMs: 1500 },
        { action: 'cancel', on: 'input', afterMs: 0 },
      ),
      calls: record({ endTurn: boolean() }, { requiredKeys: [] }) as Arbitrary<CallOptions>,
    },
    { requiredKeys: ['profile', 'script', 'inputDuringCall'] },
  ),
  manual: boolean(),
  interruptible: boolean(),
  steps: array(step, { minLength: 5, maxLength: 40 }),
})

interface Heard {
  readonly seconds: number
  readonly characters: number
}

function tokensOf({ seconds, characters }: Heard): { readonly AUDIO: number; readonly TEXT: number } {
  return { AUDIO: Math.ceil(Math.round(seconds * 25e6) / 1e6), TEXT: Math.ceil(characters / 4) }
}

/** A client that follows the protocol, and what it concludes from the server's frames alone. */
class Client {
  bench: Bench
  readonly #play: Play
  #read = 0
  readonly calls: {
    readonly id: string
    readonly name: string
    ended?: 'answered' | 'cancelled' | 'lost'
  }[] = []
  userSpeaks = false
  #handle: string | undefined
  #resumable = false
  #atHandle: readonly Heard[] = []
  #heard: readonly Heard[] = [{ seconds: 0, characters: 0 }]
  #heardBefore: readonly Heard[] = []
  #heardTokens = { AUDIO: 0, TEXT: 0 }
  #samples = 0
  #calledCharacters = 0
  #turn: 'closed' | 'open' | 'generated' | 'interrupted' = 'closed'
  #voice: string | undefined
  turns = 0

  constructor(play: Play) {
    this.#play = play
    this.bench = new Bench(play.options)
    this.#begin()
  }

  #begin(): void {
    const { manual, interruptible } = this.#play
    const realtimeInputConfig = {
      ...(manual ? manualMode.realtimeInputConfig : {}),
      ...(interruptible ? {} : { activityHandling: 'NO_INTERRUPTION' }),
    }
    const sessionResumption = this.#handle === undefined ? {} : { handle: this.#handle }
    this.send(
      setup({
        tools,
        realtimeInputConfig,
        sessionResumption,
        outputAudioTranscription: {},
        inputAudioTranscription: {},
      }),
    )
  }

  send(message: object): void {
    this.bench.send(message)
    this.read()
  }

  wait(ms: number): void {
    this.bench.wait(ms)
    this.read()
  }

  reconnect(): void {
    if (!this.#resumable) return
    this.bench.session.disconnected(1000, '')
    if (this.bench.clock.pendingTimers !== 0) throw new Error('timers are left')
    for (const call of this.calls) call.ended ??= 'lost'
    this.bench = this.bench.connectAgain()
    this.#read = 0
    this.#turn = 'closed'
    this.#samples = 0
    this.#calledCharacters = 0
    this.#resumable = false
    this.#voice = undefined
    this.userSpeaks = false
    this.#heard = this.#atHandle
    this.#heardTokens = { AUDIO: 0, TEXT: 0 }
    this.#begin()
  }

  /** Counts what a message says. What the server does because of a message may come before or after it hears it. */
  says({ seconds = 0, characters = 0 }: Partial<Heard>): void {
    this.#heardBefore = this.#heard
    this.#heard = this.#heard.map((heard) => ({
      seconds: heard.seconds + seconds,
      characters: heard.characters + characters,
    }))
  }

  read(): void {
    const { frames } = this.bench
    for (; this.#read < frames.length; this.#read++) this.#receive(JSON.parse(frames[this.#read] ?? ''))
  }

  get isOpen(): boolean {
    return this.#turn !== 'closed'
  }

  get resumable(): boolean {
    return this.#resumable
  }

  #receive({
    toolCall,
    toolCallCancellation,
    sessionResumptionUpdate,
    voiceActivity,
    serverContent,
    usageMetadata,
  }: Frame): void {
    for (const { id = '', name, args } of toolCall?.functionCalls ?? []) {
      this.#calledCharacters += name.length + JSON.stringify(args).length
      if (this.calls.some((call) => call.id === id)) throw new Error(`the id ${id} repeats`)
      this.calls.push({ id, name })
    }
    for (const id of toolCallCancellation?.ids ?? []) {
      const call = this.calls.find((one) => one.id === id)
      if (call === undefined || call.ended !== undefined)
        throw new Error(`${id} cannot be cancelled: ${call?.ended}`)
      call.ended = 'cancelled'
    }
    if (sessionResumptionUpdate !== undefined) {
      const { newHandle, resumable = false } = sessionResumptionUpdate
      if (resumable === this.#resumable) throw new Error('a handle update without news')
      if (resumable !== (newHandle !== undefined)) throw new Error('a handle that is none')
      this.#resumable = resumable
      if (resumable) {
        this.#handle = newHandle
        this.#atHandle = [...this.#heardBefore, ...this.#heard]
        if (this.isOpen) throw new Error('a handle in the middle of a turn')
      }
    }
    if (voiceActivity !== undefined) {
      if (voiceActivity.type === this.#voice) throw new Error(`voice activity twice: ${this.#voice}`)
      if (this.#voice === undefined && voiceActivity.type === 'ACTIVITY_END') throw new Error('an end first')
      this.#voice = voiceActivity.type
    }
    if (serverContent === undefined) return
    const { modelTurn, outputTranscription, generationComplete, interrupted, turnComplete } = serverContent
    for (const { inlineData } of modelTurn?.parts ?? []) {
      if (this.#turn === 'generated' || this.#turn === 'interrupted')
        throw new Error(`speech in a turn that is ${this.#turn}`)
      this.#turn = 'open'
      this.#samples += Buffer.from(inlineData?.data ?? '', 'base64').length / 2
    }
    if (outputTranscription !== undefined && (this.#turn === 'generated' || this.#turn === 'interrupted'))
      throw new Error(`a transcript in a turn that is ${this.#turn}`)
    if (generationComplete) {
      if (this.#turn === 'generated' || this.#turn === 'interrupted')
        throw new Error(`generated in a turn that is ${this.#turn}`)
      this.#turn = 'generated'
    }
    if (interrupted) {
      if (this.#turn === 'interrupted') throw new Error('interrupted twice')
      this.#turn = 'interrupted'
    }
    if (turnComplete) {
      if (this.#turn === 'closed' || this.#turn === 'open')
        throw new Error(`complete in a turn that is ${this.#turn}`)
      this.#turn = 'closed'
      this.turns++
      this.#account(usageMetadata ?? {})
    }
  }

  #account(usage: Readonly<Record<string, unknown>>): void {
    const number = (name: string) => Number(usage[name] ?? 0)
    const said = number('responseTokenCount') + number('candidatesTokenCount')
    const details = (usage.promptTokensDetails ?? []) as { modality: 'AUDIO' | 'TEXT'; tokenCount: number }[]
    const heard = { AUDIO: 0, TEXT: 0 }
    for (const { modality, tokenCount } of details) heard[modality] = tokenCount
    expect({
      said,
      prompt: number('promptTokenCount'),
      total: number('totalTokenCount'),
      heard,
    }).toEqual({
      said:
        Math.ceil(Math.round((this.#samples / 24_000) * 25 * 1e6) / 1e6) +
        Math.ceil(this.#calledCharacters / 4),
      prompt: heard.AUDIO + heard.TEXT,
      total: heard.AUDIO + heard.TEXT + said,
      heard: [...this.#heardBefore, ...this.#heard]
        .map(tokensOf)
        .find(({ AUDIO, TEXT }) => AUDIO === heard.AUDIO && TEXT === heard.TEXT),
    })
    if (heard.AUDIO < this.#heardTokens.AUDIO || heard.TEXT < this.#heardTokens.TEXT)
      throw new Error('usage shrinks')
    this.#heardTokens = heard
    this.#samples = 0
    this.#calledCharacters = 0
  }
}

function take(one: Step, client: Client, { manual }: Play): void {
  if ('waitMs' in one) client.wait(one.waitMs)
  else if ('reconnect' in one) client.reconnect()
  else if ('say' in one) {
    const seconds = one.ms / 1000
    const samples = one.say === 'tone' ? tone(one.ms, one.rate) : new Int16Array(seconds * one.rate)
    client.says(!manual || client.userSpeaks ? { seconds } : {})
    client.send(audio(samples, `audio/pcm;rate=${one.rate}`))
  } else if ('answer' in one) {
    const pending = client.calls.filter(({ ended }) => ended === undefined)
    const call = pending[one.answer]
    if (call === undefined) return
    const { id, name } = call
    if (!('willContinue' in one.more)) call.ended = 'answered'
    client.send({ toolResponse: { functionResponses: [{ id, name, response: { output: 1 }, ...one.more }] } })
  } else {
    if (one.send === 'start' || one.send === 'end') {
      if (!manual || client.userSpeaks === (one.send === 'start')) return
      client.userSpeaks = one.send === 'start'
    }
    if (one.send === 'stream end' && manual) return
    client.says({ characters: { text: 5, content: 11, 'more content': 11 }[one.send as string] ?? 0 })
    client.send(signals[one.send])
  }
}

describe('a client that follows the protocol', () => {
  const timeout = effort > 1 ? 0 : 60_000

  it(
    'sees every turn end, every call end once, and all it said counted',
    () => {
      let turns = 0
      assert(
        property(play, (random) => {
          const client = new Client(random)
          for (const one of random.steps) take(one, client, random)
          // It ends what it has begun, and answers all there is to answer.
          take({ send: 'content' }, client, random)
          if (random.manual && client.userSpeaks) take({ send: 'end' }, client, random)
          if (!random.manual) take({ say: 'silence', ms: 2000, rate: 16_000 }, client, random)
          for (let round = 0; round < 60; round++) {
            client.wait(20_000)
            const call = client.calls.find(({ ended }) => ended === undefined)
            if (call === undefined) break
            take({ answer: 0, more: {} }, client, random)
          }
          client.wait(20_000)
          expect(client.calls.filter(({ ended }) => ended === undefined)).toEqual([])
          expect({ open: client.isOpen, resumable: client.resumable }).toEqual({
            open: false,
            resumable: true,
          })
          expect(client.bench.session.log.filter(({ kind }) => kind === 'violation')).toEqual([])
          expect(client.bench.session.closed).toBeUndefined()
          expect(client.bench.clock.pendingTimers).toBe(0)
          turns += client.turns
        }),
        { numRuns: 2000 * effort },
      )
      expect(turns).toBeGreaterThan(1000)
    },
    timeout,
  )
})
