import fc from 'fast-check'
import { describe, inject, it } from 'vitest'
import { type CallId, holdInput, type RealtimeInput, type ToolCall, type ToolHandler } from '../src/index.ts'
import { type ClientMessages, LiveSession } from '../src/session.ts'
import { ManualClock, settled } from './manual-clock.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

const effort = inject('effort')

type Step =
  /** A message with calls: of a tool with a handler, of one without, of one that nobody declared, of one that does not block; with an
   *  id or without. */
  | { readonly do: 'call'; readonly tools: readonly Tool[]; readonly withId: boolean }
  | { readonly do: 'repeat' | 'cancel' | 'by hand' | 'finish'; readonly which: number; readonly how: Outcome }
  | { readonly do: 'offer'; readonly input: RealtimeInput }
  | { readonly do: 'advance'; readonly byMs: number }
  | { readonly do: 'fails'; readonly fails: boolean }

type Tool = 'handled' | 'by_hand' | 'unknown' | 'free'
type Outcome = 'returns' | 'throws' | 'returns a BigInt'

const which = fc.nat(9)
const how = fc.constantFrom<Outcome>('returns', 'throws', 'returns a BigInt')
const input = fc.constantFrom<RealtimeInput>(
  { audio: { data: 'AAAA', mimeType: 'audio/pcm' } },
  { text: 'word' },
  { activityStart: {} },
  { activityEnd: {} },
)

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('call'),
      tools: fc.array(fc.constantFrom<Tool>('handled', 'handled', 'by_hand', 'unknown', 'free'), {
        minLength: 1,
        maxLength: 3,
      }),
      withId: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('repeat', 'cancel', 'by hand', 'finish', 'finish'),
      which,
      how,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('offer'), input }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance'), byMs: fc.constantFrom(1, 15_000, 30_000, 300_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fails'), fails: fc.boolean() }) },
) as fc.Arbitrary<Step>

/** What a transport that fails throws. */
const gone = new Error('socket gone')

function must(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken: ${law}`)
}

/** A session together with a server that remembers what it called and what it was told. */
class Scene {
  readonly clock: ManualClock = new ManualClock()
  readonly session: LiveSession
  readonly #calls: ToolCall[] = []
  readonly #ended: Map<ToolCall, 'answered' | 'cancelled' | 'refused'> = new Map()
  readonly #running: Map<CallId, (how: Outcome) => void> = new Map()
  readonly #broken: string[] = []
  #ids = 0
  #fails = false

  constructor() {
    const handled: ToolHandler = (_args, { id }) =>
      new Promise((resolve, reject) => {
        this.#running.set(id, (how) => {
          if (how === 'throws') reject(new Error('no network'))
          else resolve(how === 'returns' ? { ok: true } : 1n)
        })
      })
    this.session = new LiveSession({
      clock: this.clock,
      policy: holdInput({ maxDurationMs: 1000 }),
      tools: { handled, free: handled },
      declaredTools: ['handled', 'by_hand', 'free'],
      behaviors: new Map([['free', 'NON_BLOCKING']]),
      transport: { send: (type, body) => this.#receive(type, body), close: () => {} },
    })
    this.session.opened()
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'call':
        this.#call(step.tools, step.withId)
        break
      case 'repeat': {
        const call = this.#pick(step.which)
        if (call?.wireId !== undefined) this.#tellCalls([{ id: call.wireId, name: call.name }])
        break
      }
      case 'cancel': {
        const call = this.#pick(step.which)
        if (!call) break
        if (this.session.calls.isPending(call.id)) this.#ended.set(this.#asServer(call) ?? call, 'cancelled')
        this.session.receive({ toolCallCancellation: { ids: [call.id] } })
        break
      }
      case 'by hand': {
        const call = this.#pick(step.which)
        if (call)
          this.#try(() => this.session.sendToolResponse({ functionResponses: { id: call.id, response: {} } }))
        break
      }
      case 'finish': {
        const call = this.#pick(step.which)
        if (call) this.#running.get(call.id)?.(step.how)
        break
      }
      case 'offer':
        this.#try(() => this.session.sendRealtimeInput(step.input))
        break
      case 'advance':
        this.clock.advance(step.byMs)
        break
      case 'fails':
        this.#fails = step.fails
    }
    await settled()
    this.#check()
  }

  /** The transport is well, and time goes by. */
  async settle(): Promise<void> {
    await this.take({ do: 'fails', fails: false })
    await this.take({ do: 'advance', byMs: 300_000 })
    must(this.session.gate.snapshot().status === 'open', 'G3: the gate opens in the end')
    must(this.clock.timers === 0, 'G3: no timer is left')
    for (const call of this.#calls) must(!this.#isOpen(call), `G7: call ${call.id} was never answered`)
  }

  #call(tools: readonly Tool[], withId: boolean): void {
    this.#tellCalls(
      tools.map((name) => ({ name, ...(withId && { id: this.#ids++ === 0 ? '' : this.#ids }) })),
    )
  }

  #tellCalls(functionCalls: readonly { id?: CallId; name: string }[]): void {
    const known = new Set(this.session.calls.pending.map(({ id }) => id))
    this.session.receive({ toolCall: { functionCalls } })
    this.#calls.push(...this.session.calls.pending.filter(({ id }) => !known.has(id)))
    const isShut = this.session.gate.snapshot().status === 'shut'
    must(
      isShut === this.#blocking().length > 0,
      'G1, G10: shut at once for a call that blocks, and for no other',
    )
  }

  /** Of calls without an id the server can tell only how many of a name are over, so it strikes off the oldest. */
  #oldestOpen(name: string | undefined): ToolCall | undefined {
    return this.#calls.find((call) => this.#isOpen(call) && call.wireId === undefined && call.name === name)
  }

  #asServer(call: ToolCall): ToolCall | undefined {
    return call.wireId === undefined ? this.#oldestOpen(call.name) : call
  }

  #blocking(): CallId[] {
    return this.session.calls.pending.filter(({ name }) => name !== 'free').map(({ id }) => id)
  }

  #isOpen(call: ToolCall): boolean {
    return !this.#ended.has(call)
  }

  #pick(which: number): ToolCall | undefined {
    return this.#calls[this.#calls.length - 1 - (which % Math.max(this.#calls.length, 1))]
  }

  #try(run: () => unknown): void {
    try {
      run()
    } catch (error) {
      must(this.#fails && error === gone, `only a transport that fails throws: ${String(error)}`)
    }
  }

  #receive<Type extends keyof ClientMessages>(type: Type, body: ClientMessages[Type]): void {
    // Collected, not thrown: what `send` throws is the session's to catch.
    const broken = (law: string): void => void this.#broken.push(law)
    if (type === 'realtimeInput') {
      if (this.#blocking().length > 0)
        broken('G1, G2: an input was sent while a call that blocks was pending')
      if (this.#fails) throw gone
      return
    }
    for (const { id, name, response } of (body as ClientMessages['toolResponse']).functionResponses) {
      if (typeof response !== 'object') broken('G7: a response is an object')
      const call = id === undefined ? this.#oldestOpen(name) : this.#calls.find(({ wireId }) => wireId === id)
      if (!call) {
        broken(`G7, G8: no call waits for a response with id ${id} and name ${name}`)
        continue
      }
      if (name !== call.name) broken(`G8: call ${id} has the name ${call.name}, its response ${name}`)
      if (!this.#isOpen(call)) broken(`G7: call ${id} was ${this.#ended.get(call)} and is answered again`)
      this.#ended.set(call, this.#fails ? 'refused' : 'answered')
    }
    if (this.#fails) throw gone
  }

  #check(): void {
    must(this.#broken.length === 0, this.#broken.join('; '))
    const { status, holds } = this.session.gate.snapshot()
    const pending = this.session.calls.pending.map(({ id }) => id)
    const blocking = this.#blocking()
    must(
      (status === 'shut') === blocking.length > 0,
      'G2, G10: shut exactly while calls that block are pending',
    )
    must(
      JSON.stringify(holds.map(({ id }) => id)) === JSON.stringify(blocking),
      'G2: a hold for each pending call that blocks',
    )
    const over = this.#calls.filter((call) => call.wireId !== undefined && !this.#isOpen(call))
    for (const { id } of over) must(!pending.includes(id), `G2: call ${id} is over and still pending`)
  }
}

describe('a session under random interleavings', () => {
  it('G1, G2, G3, G7, G8, G10: keeps shut, opens by set, answers each call once, and is never deaf', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const scene = new Scene()
        for (const each of steps) await scene.take(each)
        await scene.settle()
      }),
      { numRuns: 5000 * effort },
    )
  })

  it('G3, G5, G7: leaves nothing behind when it is closed at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const scene = new Scene()
        for (const each of steps) await scene.take(each)
        scene.session.close()
        await settled()
        const { status, holds, backlog } = scene.session.gate.snapshot()
        must(status === 'closed' && holds.length === 0 && backlog.inputs === 0, 'G5: nothing waits')
        must(scene.session.calls.pending.length === 0 && scene.clock.timers === 0, 'G3: nothing is pending')
      }),
      { numRuns: 500 * effort },
    )
  })
})
