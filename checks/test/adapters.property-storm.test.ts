/**
 * Checks that the adapters keep the laws when nobody waits for anybody: several sessions at once, in which inputs, calls, cancellations,
 * answers and the end cross one another on the wire. The client marks the arrival of each call by client content, which no gate holds, so
 * that the server's log shows what left after it.
 */
import { dropInput, holdInput, type InputKind, type InputPolicy } from '@livegate/core'
import { type EmulatedSession, type Emulator, startEmulator } from '@livegate/emulator'
import { ManualClock } from '@livegate/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { type AdaptedSession, adapters, type ConnectAdapter } from './adapters.ts'
import { settled, until } from './until.ts'

type Step =
  | { readonly do: 'offer'; readonly kinds: readonly InputKind[] }
  | { readonly do: 'call'; readonly names: readonly ('handled' | 'by_hand')[] }
  | { readonly do: 'finish' | 'by hand' | 'cancel' | 'advance' | 'wait'; readonly nth: number }

type End = 'close' | 'close frame' | 'drop'

interface Run {
  readonly manual: boolean
  readonly policy: InputPolicy
  readonly steps: readonly Step[]
  readonly end: End
}

const kinds = ['audio', 'video', 'text', 'activityStart', 'activityEnd'] as const
const step = fc.oneof(
  fc.record({
    do: fc.constant('offer' as const),
    kinds: fc.array(fc.constantFrom('audio' as const, ...kinds), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    do: fc.constant('call' as const),
    names: fc.array(fc.constantFrom('handled' as const, 'by_hand' as const), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    do: fc.constantFrom('finish' as const, 'by hand' as const, 'cancel' as const, 'advance' as const),
    nth: fc.nat(5),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), nth: fc.nat(3) }) },
)
const run: fc.Arbitrary<Run> = fc.record({
  manual: fc.boolean(),
  policy: fc.constantFrom(holdInput(), holdInput({ maxDurationMs: 60 }), dropInput()),
  steps: fc.array(step, { maxLength: 30 }),
  end: fc.constantFrom('close', 'close frame', 'drop'),
})

function must(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken: ${law}`)
}

/** Plays both ends of a session, without waiting for either. */
class Storm {
  readonly #run: Run
  readonly #clock: ManualClock = new ManualClock()
  readonly #finish: (() => void)[] = []
  readonly #ids: string[] = []
  readonly #offered: Map<InputKind, number> = new Map()
  #session!: AdaptedSession
  #server!: EmulatedSession
  #orders = 0

  constructor(run: Run) {
    this.#run = run
  }

  async connect(emulator: Emulator, connect: ConnectAdapter): Promise<void> {
    this.#session = await connect({
      url: emulator.url,
      vertex: false,
      model: 'gemini-2.5-flash-native-audio',
      config: {
        tools: [{ functionDeclarations: [{ name: 'handled' }, { name: 'by_hand' }] }],
        realtimeInputConfig: { automaticActivityDetection: { disabled: this.#run.manual } },
      },
      tools: { handled: () => new Promise((resolve) => this.#finish.push(() => resolve({ ok: true }))) },
      policy: this.#run.policy,
      clock: this.#clock,
      onMessage: (message) => {
        const { toolCall } = message as { readonly toolCall?: { functionCalls: { readonly id: string }[] } }
        if (!toolCall || this.#session.snapshot().status !== 'open') return
        const ids = toolCall.functionCalls.map(({ id }) => id).join()
        try {
          this.#session.sendClientContent({ turns: ids, turnComplete: false })
        } catch {
          // The server has closed.
        }
      },
    })
    this.#server = emulator.sessions.at(-1) as EmulatedSession
  }

  async play(): Promise<void> {
    for (const each of this.#run.steps) await this.#take(each)
    const { end } = this.#run
    if (end === 'close') this.#session.close()
    else if (end === 'drop') this.#server.drop()
    else this.#server.close(1011, 'Internal error occurred.')
    await until(() => this.#session.snapshot().status === 'closed' && this.#server.closed !== undefined)
    await until(() => this.#clock.pendingTimers === 0)
    this.#check()
  }

  async #take(given: Step): Promise<void> {
    switch (given.do) {
      case 'offer':
        for (const kind of given.kinds)
          if (this.#run.manual || !kind.startsWith('activity')) this.#offer(kind)
        break
      case 'call':
        this.#ids.push(...this.#server.callTools(given.names.map((name) => ({ name }))))
        break
      case 'finish':
        this.#finish.splice(given.nth, 1)[0]?.()
        break
      case 'by hand': {
        const call = this.#session.calls.pending[given.nth]
        const id = call?.wireId
        if (call && id !== undefined)
          this.#session.sendToolResponse({ functionResponses: { id, name: call.name, response: {} } })
        break
      }
      case 'cancel': {
        const id = this.#ids.at(-1 - given.nth)
        if (id !== undefined) this.#server.cancelCalls([id])
        break
      }
      case 'advance':
        this.#clock.advance(given.nth * 10_000)
        break
      case 'wait':
        for (let turns = 0; turns < given.nth; turns++) await settled()
    }
  }

  #offer(kind: InputKind): void {
    const order = ++this.#orders
    this.#offered.set(kind, (this.#offered.get(kind) ?? 0) + 1)
    const data = Buffer.from(new Int16Array(320).fill(order).buffer).toString('base64')
    const fields = {
      audio: { data, mimeType: 'audio/pcm;rate=16000' },
      video: { data: '/9j/', mimeType: 'image/jpeg' },
      text: `${order}`,
      activityStart: {},
      activityEnd: {},
      audioStreamEnd: true,
    }
    this.#session.sendRealtimeInput({ [kind]: fields[kind] })
  }

  #check(): void {
    const { gate, pending, preRoll } = this.#session.snapshot()
    must(pending.length === 0 && gate.holds.length === 0, 'G3, G7: nothing is pending or held in the end')
    must(this.#server.brackets.balanced, 'G4: brackets balance')
    for (const { id, idWas } of this.#server.toolResponses)
      must(
        idWas === 'pending' || idWas === 'cancelled',
        `G7: the response to ${id} came when it was ${idWas}`,
      )
    const inputs = this.#checkWindows()
    for (const kind of kinds) {
      const { offered, sent, held, dropped } = gate.counters[kind]
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      const before = kind === 'audio' && preRoll ? preRoll.inputs + preRoll.dropped : 0
      const all = this.#offered.get(kind) ?? 0
      must(held === 0 && offered === sent + lost, `G5: ${kind} is accounted for`)
      must(all === offered + before, `G5: ${kind}: ${all} offered, ${offered + before} known`)
      const seen = inputs.filter((each) => each === kind).length
      const isWhole = this.#run.end === 'close' ? seen === sent : seen <= sent
      must(isWhole, `G5: ${kind}: ${sent} sent, ${seen} received`)
    }
  }

  /** Checks what came while a call was pending that had reached the client, and in which order. @returns the kinds of all inputs. */
  #checkWindows(): InputKind[] {
    const inputs: InputKind[] = []
    const open = new Set<string>()
    const settled = new Set<string>()
    const settle = (id: string): void => {
      settled.add(id)
      open.delete(id)
    }
    const samples = this.#server.receivedAudio()
    let at = 0
    const latest = { audio: 0, text: 0 }
    for (const entry of this.#server.log) {
      if (entry.kind === 'sent' && entry.message.type === 'toolCallCancellation')
        entry.message.ids.forEach(settle)
      if (entry.kind !== 'received') continue
      const { message } = entry
      if (message.type === 'toolResponse') for (const { id } of message.responses) settle(String(id))
      if (message.type === 'clientContent')
        for (const id of message.text.split(',')) if (!settled.has(id)) open.add(id)
      if (message.type !== 'realtimeInput') continue
      inputs.push(...(message.inputs as InputKind[]))
      must(open.size === 0, `G1, G2, G6: ${message.inputs} came while ${[...open]} was pending`)
      const kind = message.text === undefined ? 'audio' : 'text'
      if (kind === 'audio' && message.audioSamples === 0) continue
      const order = message.text === undefined ? (samples[at] ?? Number.NaN) : Number(message.text)
      at += message.audioSamples
      // The pre-roll's audio leaves behind the activityStart, and texts before it.
      const before = this.#run.manual ? latest[kind] : Math.max(latest.audio, latest.text)
      must(order > before, `G6: ${order} came after ${before}`)
      latest[kind] = order
    }
    return inputs
  }
}

describe.each(adapters)('%s, with several sessions at once', (_, connect) => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator({
      graceMs: 0,
      // What crossed a call on the wire must not end the session.
      inputDuringCall: { action: 'accept' },
      script: [{ silent: true }],
    })
  })

  afterAll(() => emulator.close())

  it('G1, G2, G3, G4, G5, G6, G7: keeps the laws while everything crosses on the wire', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), async (runs) => {
        const storms = runs.map((each) => new Storm(each))
        // One after the other, so that each finds the server's end of its own.
        for (const storm of storms) await storm.connect(emulator, connect)
        await Promise.all(storms.map((storm) => storm.play()))
      }),
      { numRuns: 60 * inject('effort') },
    )
  })
})
