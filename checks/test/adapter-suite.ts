/**
 * Checks that an adapter keeps the laws over real sockets, in random sessions with the emulator, by what the emulator saw. The suite
 * is the same for all adapters; each passes its way to connect.
 */
import { dropInput, holdInput, type InputKind, type InputPolicy, passInput } from '@livegate/core'
import type { Tools } from '@livegate/core/session'
import { type EmulatedSession, type Emulator, startEmulator } from '@livegate/emulator'
import { ManualClock } from '@livegate/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { type AdaptedSession, type ConnectAdapter, profiles } from './adapters.ts'
import { settled, until } from './until.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

type Outcome = 'returns' | 'throws' | 'returns a BigInt'
type ToolName = 'handled' | 'by_hand' | 'unknown' | 'free' | 'strict'
type Step =
  | { readonly do: 'call'; readonly tools: readonly ToolName[] }
  | { readonly do: 'cancel' | 'by hand' | 'finish' | 'report'; readonly which: number; readonly how: Outcome }
  /** Offers inputs, one directly after the other. */
  | { readonly do: 'offer'; readonly kinds: readonly InputKind[] }
  | { readonly do: 'advance'; readonly byMs: number }
  | { readonly do: 'junk'; readonly say: number }

const kinds: readonly InputKind[] = [
  'audio',
  'video',
  'text',
  'activityStart',
  'activityEnd',
  'audioStreamEnd',
]
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('call'),
      tools: fc.array(fc.constantFrom('handled', 'handled', 'by_hand', 'unknown', 'free', 'strict'), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel', 'by hand', 'finish', 'finish', 'report'),
      which: fc.nat(5),
      how: fc.constantFrom('returns', 'throws', 'returns a BigInt'),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('offer'),
      kinds: fc.array(fc.constantFrom('audio', 'audio', ...kinds), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance'), byMs: fc.constantFrom(60, 3000, 30_000, 300_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('junk'), say: fc.nat(4) }) },
) as fc.Arbitrary<Step>

/** Frames that a session cannot act on (G12). */
const junk = [
  '{"toolCall":{"functionCalls":[null,5]}}',
  '{"toolCallCancellation":{"ids":5}}',
  '{"somethingNew":{"ids":[1]},"serverContent":{"interrupted":true}}',
  'no JSON',
  '[]',
]

/** A number of tokens that marks a barrier. Its message passes through every adapter, and no session acts on it. */
const barrier = 987_654_321

function must(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken: ${law}`)
}

function pick<Value>(values: readonly Value[], which: number): Value | undefined {
  return values[values.length - 1 - (which % Math.max(values.length, 1))]
}

/** A session and the emulated server at its other end. */
class Scene {
  readonly clock: ManualClock = new ManualClock()
  session!: AdaptedSession
  #server!: EmulatedSession
  readonly #policy: InputPolicy
  readonly #manual: boolean
  readonly #running: Map<string | number, { finish(how: Outcome): void; report(progress: unknown): void }> =
    new Map()
  readonly #offered: InputKind[] = []
  readonly #names: Map<string, string> = new Map()
  #barriersSeen = 0
  #barriers = 0

  constructor(policy: InputPolicy, manual: boolean) {
    this.#policy = policy
    this.#manual = manual
  }

  async connect(emulator: Emulator, connect: ConnectAdapter, model: string, vertex: boolean): Promise<void> {
    const handled: Tools[string] = (_args, { id, report }) =>
      new Promise((resolve, reject) => {
        const finish = (how: Outcome): void => {
          if (how === 'throws') reject(new Error('no network'))
          else resolve(how === 'returns' ? { ok: true } : 1n)
        }
        this.#running.set(id, { report, finish })
      })
    this.session = await connect({
      url: emulator.url,
      vertex,
      model,
      config: {
        tools: [
          {
            functionDeclarations: [
              { name: 'handled' },
              { name: 'by_hand' },
              { name: 'free', behavior: 'NON_BLOCKING' },
              { name: 'strict', behavior: 'BLOCKING' },
            ],
          },
        ],
        realtimeInputConfig: { automaticActivityDetection: { disabled: this.#manual } },
      },
      tools: { handled, free: handled, strict: handled },
      policy: this.#policy,
      clock: this.clock,
      onMessage: (message) => {
        if (message.usageMetadata?.totalTokenCount === barrier) this.#barriersSeen++
      },
    })
    const [server] = emulator.sessions.slice(-1)
    if (!server) throw new Error('no session')
    this.#server = server
    must(this.clock.pendingTimers === 0, 'G3: an open session that waits for nothing has no timer')
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'call': {
        const ids = this.#server.callTools(step.tools.map((name) => ({ name })))
        ids.forEach((id, index) => {
          this.#names.set(id, step.tools[index] ?? '')
        })
        break
      }
      case 'cancel': {
        const id = pick([...this.#names.keys()], step.which)
        if (id !== undefined) this.#server.cancelCalls([id])
        break
      }
      case 'by hand': {
        const call = pick(this.session.calls.pending, step.which)
        const id = call?.wireId
        if (call) {
          this.session.sendToolResponse({
            functionResponses: { ...(id !== undefined && { id }), name: call.name, response: {} },
          })
        }
        break
      }
      case 'finish':
      case 'report': {
        const running = pick([...this.#running.values()], step.which)
        if (step.do === 'finish') running?.finish(step.how)
        else running?.report('half-way')
        break
      }
      case 'offer':
        for (const kind of step.kinds) if (this.#mayOffer(kind)) this.#offer(kind)
        break
      case 'advance':
        this.clock.advance(step.byMs)
        break
      case 'junk':
        this.#server.sendText(junk[step.say] ?? '')
    }
    await this.#quiet()
    this.#check()
  }

  /** Lets the user stop speaking and time pass, and checks that nothing is left open. */
  async settle(): Promise<void> {
    await this.take({ do: 'advance', byMs: 300_000 })
    await this.take({ do: 'offer', kinds: ['activityEnd'] })
    const { gate } = this.session.snapshot()
    must(gate.status === 'open', 'G3: the gate opens in the end')
    must(this.session.calls.pending.length === 0, 'G7: no call is pending in the end')
    must(this.clock.pendingTimers === 0, 'G3: no timer is left')
    must(!this.#server.brackets.open, 'G4: a turn that the server heard is ended')
    this.#checkOrder()
  }

  /** Ends the session from either side, and checks that nothing is left. */
  async end(how: 'drop' | 'close'): Promise<void> {
    if (how === 'drop') this.#server.drop()
    else this.session.close()
    await until(() => this.session.snapshot().status === 'closed' && this.#server.closed !== undefined)
    const { gate, pending } = this.session.snapshot()
    must(gate.status === 'closed' && gate.holds.length === 0, 'G3: the gate is closed and has no hold')
    must(gate.backlog.inputs === 0, 'G5: nothing waits')
    must(pending.length === 0 && this.session.calls.pending.length === 0, 'G7: nothing is pending')
    const verdict = this.session.sendRealtimeInput({ text: 'late' })
    must(verdict.status === 'dropped', 'G5: what comes late is dropped')
    await until(() => this.clock.pendingTimers === 0)
  }

  /** Whether the server accepts this kind: it refuses signals of the other activity mode. */
  #mayOffer(kind: InputKind): boolean {
    return kind === 'audioStreamEnd' ? !this.#manual : this.#manual || !kind.startsWith('activity')
  }

  #offer(kind: InputKind): void {
    const order = this.#offered.push(kind)
    const samples = Buffer.from(new Int16Array(320).fill(order).buffer).toString('base64')
    const media = {
      audio: { data: samples, mimeType: 'audio/pcm;rate=16000' },
      video: { data: '/9j/', mimeType: 'image/jpeg' },
    }
    const fields = { ...media, text: `${order}`, activityStart: {}, activityEnd: {}, audioStreamEnd: true }
    this.session.sendRealtimeInput({ [kind]: fields[kind] })
  }

  /** Waits until each side has received everything from the other: a barrier frame arrives after all earlier frames. */
  async #quiet(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      this.#barriers++
      this.#server.sendText(`{"usageMetadata":{"totalTokenCount":${barrier}}}`)
      await until(() => this.#barriersSeen === this.#barriers)
      await settled()
      this.session.sendClientContent({ turns: 'barrier', turnComplete: false })
      await until(() => this.#received('clientContent').length === this.#barriers)
    }
  }

  #received<Type extends string>(type: Type) {
    return this.#server.log.flatMap((entry) =>
      entry.kind === 'received' && entry.message.type === type
        ? [entry.message as Extract<typeof entry.message, { type: Type }>]
        : [],
    )
  }

  #check(): void {
    must(this.session.snapshot().status === 'open', 'the session is still open')
    const violations = this.#server.log.filter(({ kind }) => kind === 'violation')
    must(violations.length === 0, `the server saw no violation: ${JSON.stringify(violations)}`)
    const { accepted = 0, grace } = this.#server.inputsDuringWindow
    must(
      this.#policy.audio === 'pass' || accepted + grace === 0,
      `G1, G2, G6, G10: ${accepted + grace} inputs came while a call that blocks was pending`,
    )
    for (const { id, name, idWas } of this.#server.toolResponses) {
      must(idWas === 'pending', `G7: the response to ${id} came when it was ${idWas}`)
      must(
        id === undefined || this.#names.get(String(id)) === name,
        `G8: ${id} has another name than ${name}`,
      )
    }
    const { balanced, open } = this.#server.brackets
    must(balanced, 'G4: brackets balance')
    const { gate, preRoll } = this.session.snapshot()
    must(gate.bracketOpen === open, 'G4: the gate knows the bracket as the server does')
    const inputs = this.#received('realtimeInput').flatMap((message) => message.inputs)
    for (const kind of kinds) {
      const { offered, sent, held, dropped } = gate.counters[kind]
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      must(offered === sent + held + lost, `G5: ${kind} is accounted for`)
      const seen = inputs.filter((each) => each === kind).length
      must(sent === seen, `G5: ${kind}: ${sent} sent, ${seen} received`)
      const before = kind === 'audio' && preRoll ? preRoll.inputs + preRoll.dropped : 0
      const all = this.#offered.filter((each) => each === kind).length
      must(all === offered + before, `G5: ${kind}: ${all} offered, ${offered + before} known`)
    }
  }

  #checkOrder(): void {
    const samples = this.#server.receivedAudio()
    let at = 0
    const orders = this.#received('realtimeInput').flatMap(({ audioSamples, text }) => {
      if (text !== undefined) return { order: Number(text), isAudio: false }
      if (audioSamples === 0) return []
      const order = samples[at] ?? Number.NaN
      at += audioSamples
      return { order, isAudio: true }
    })
    // The pre-roll's audio leaves behind the activityStart that was offered after it. Text may have been offered in between.
    const streams = this.#manual
      ? [orders.filter(({ isAudio }) => isAudio), orders.filter(({ isAudio }) => !isAudio)]
      : [orders]
    for (const stream of streams) {
      const isOrdered = stream.every(({ order }, index) => order > (stream[index - 1]?.order ?? 0))
      must(isOrdered, `G6: in the order of the offers: ${stream.map(({ order }) => order)}`)
    }
  }
}

const policies: readonly (readonly [string, InputPolicy])[] = [
  ['holdInput', holdInput()],
  ['holdInput, of 100 ms', holdInput({ maxDurationMs: 100 })],
  ['dropInput', dropInput()],
  ['passInput', passInput()],
]

/** Sessions for each profile with each policy, so 16 times as many in all. */
const sessions = 34

/** Holds an adapter to the laws, with more than 500 random sessions over real sockets. */
export function testAdapter(name: string, connect: ConnectAdapter): void {
  describe.each(profiles)(`${name}, under random sessions of %s`, (profile, model) => {
    let emulator: Emulator

    beforeAll(async () => {
      emulator = await startEmulator({
        profile,
        graceMs: 0,
        // The session must go on, so that every input that should not have come is seen.
        inputDuringCall: { action: 'accept' },
        script: [{ silent: true }],
      })
    })

    afterAll(() => emulator.close())

    it.each(policies)(
      'G1, G2, G3, G4, G5, G6, G7, G8, G10, G12: keeps every law, with %s',
      async (_, policy) => {
        await fc.assert(
          fc.asyncProperty(
            fc.boolean(),
            fc.array(step, { maxLength: 14 }),
            fc.constantFrom('drop', 'close'),
            async (manual, steps, end) => {
              const scene = new Scene(policy, manual)
              await scene.connect(emulator, connect, model, profile === 'vertex')
              try {
                for (const each of steps) await scene.take(each)
                if (steps.length % 4 > 0) await scene.settle()
                await scene.end(end as 'drop' | 'close')
              } finally {
                scene.session.close()
              }
            },
          ),
          { numRuns: sessions * inject('effort') },
        )
      },
    )
  })
}
