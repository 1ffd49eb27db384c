import type { CallId, FunctionResponse, InputKind, ToolCall } from '../src/index.ts'
import type { ClientMessages, Connection } from '../src/session.ts'

export function must(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken: ${law}`)
}

/** An input that was offered; `order` numbers all offers. */
export interface Offer {
  readonly kind: InputKind
  readonly order: number
}

/** A call as the server made it, and what has happened to it. */
export interface MadeCall {
  readonly wireId: CallId | undefined
  readonly name: string
  /** The number of its message. */
  readonly message: number
  readonly dueMs: number
  readonly overdueMs: number
  readonly blocks: boolean
  /** The same call as the session knows it, once it does. */
  call: ToolCall | undefined
  isRun: boolean
  /** Its handler has finished. */
  isDone: boolean
  /** How many responses were given by hand after the call was settled. */
  late: number
  /** How many responses may have been reported as duplicates of one that was then refused. */
  toldInVain: number
  overdue: number
  readonly settledAs: string[]
  readonly suppressedFor: string[]
}

/** A call that the server makes now, to which nothing has happened yet. */
export function newMadeCall(
  given: Pick<MadeCall, 'wireId' | 'name' | 'message' | 'dueMs' | 'overdueMs' | 'blocks' | 'isDone'>,
): MadeCall {
  return {
    ...given,
    call: undefined,
    isRun: false,
    late: 0,
    toldInVain: 0,
    overdue: 0,
    settledAs: [],
    suppressedFor: [],
  }
}

/** How a call ended for its server: who answered it, that it was cancelled, or that its response was refused. */
export type End = 'answered' | 'answered by hand' | 'told that time is up' | 'cancelled' | 'refused'

/** Calls that a server cannot tell apart: a single one that has an id, or all of one name that have none. */
interface Alike {
  readonly calls: MadeCall[]
  /** How many responses of handlers were taken, not those given by hand or at the deadline. */
  handlersHeard: number
}

/** An open turn, as its server knows it. */
export interface Turn {
  /** `undefined` for a turn that continues from an earlier connection. */
  readonly start: Offer | undefined
  /** How many inputs had been offered when it began here. */
  readonly offersBefore: number
  /** Nothing was sent in it or waited behind its start, and nothing of it was refused. */
  isEmpty: boolean
}

/** A connection and the server at its other end, which knows only the calls it made and the messages it got. */
export class Server {
  readonly calls: MadeCall[] = []
  readonly alike: Map<string, Alike> = new Map()
  connection: Connection | undefined
  setups = 0
  isSetUp = false
  isReplaced = false
  isClosed = false
  readonly heard: { [type in keyof ClientMessages]?: number } = {}
  ids = 0
  turn: Turn | undefined
  /** Since when the session knows that the buffer is full. */
  fullSinceMs: number | undefined
  readonly #ended: Map<MadeCall, End> = new Map()

  make(call: MadeCall): void {
    this.calls.push(call)
    this.alikeOf(call).calls.push(call)
  }

  alikeOf({ wireId, name }: MadeCall): Alike {
    const key = wireId === undefined ? name : `${name} ${wireId}`
    const alike = this.alike.get(key) ?? { calls: [], handlersHeard: 0 }
    this.alike.set(key, alike)
    return alike
  }

  isOpen(call: MadeCall): boolean {
    return !this.#ended.has(call)
  }

  endOf(call: MadeCall): End | undefined {
    return this.#ended.get(call)
  }

  /** Ends a call. Of calls without an id a server can only count those of a name, so it ends the oldest. */
  end(call: MadeCall, as: End): void {
    this.#ended.set((call.wireId === undefined && this.#oldestOpen(call.name)) || call, as)
  }

  /** The call that a response is for. */
  called({ id, name }: FunctionResponse): MadeCall | undefined {
    return id === undefined ? this.#oldestOpen(name) : this.calls.find(({ wireId }) => wireId === id)
  }

  /**
   * Checks that every call ended once, as reported, and that every response that was not sent was reported as suppressed, with the
   * reason.
   */
  checkCalls(isGone: boolean, nowMs: number): void {
    for (const { calls, handlersHeard } of this.alike.values()) {
      const law = (what: string) => `G7: call ${calls[0]?.name} ${calls[0]?.wireId}: ${what}`
      let [over, settled, unheard, suppressed, inVain] = [0, 0, -handlersHeard, 0, 0]
      for (const call of calls) {
        if (isGone || !this.isOpen(call)) over++
        settled += call.settledAs.length
        must(call.settledAs.length < 2, law(`ended ${call.settledAs}`))
        if (call.isDone && call.settledAs.length > 0) unheard++
        unheard += call.late
        inVain += call.toldInVain
        suppressed += call.suppressedFor.length
        for (const reason of call.suppressedFor)
          must(this.#isReason(call, reason, nowMs), law(`ended ${call.settledAs}, its response by ${reason}`))
      }
      must(settled === over, law(`${over} ended, and ${settled} are told to have`))
      // The handler of an unknown tool is the session's own, and does not run if the call is settled by then.
      const isKnown = calls[0]?.name !== 'unknown'
      const isRight = suppressed <= unheard + inVain && (suppressed >= unheard || !isKnown)
      must(isRight, law(`${unheard} responses were not sent, and ${suppressed} are told to be suppressed`))
    }
  }

  #isReason(call: MadeCall, reason: string, nowMs: number): boolean {
    if (reason === 'expired' && call.dueMs <= nowMs) return true
    const isByHand = this.alikeOf(call).calls.some((each) => this.endOf(each) === 'answered by hand')
    const isAnswered = isByHand || call.toldInVain > 0
    return call.settledAs[0] === reason || (reason === 'answered' && isAnswered)
  }

  #oldestOpen(name: string | undefined): MadeCall | undefined {
    return this.calls.find((call) => this.isOpen(call) && call.wireId === undefined && call.name === name)
  }
}
