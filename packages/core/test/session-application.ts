import { type CallId, type InputKind, LivegateError } from '../src/index.ts'
import type { LiveSession } from '../src/session.ts'
import { inputOf } from './inputs.ts'
import type { Facts } from './session-facts.ts'
import { socketGone } from './session-judge.ts'
import { must, type Offer } from './session-server.ts'

/** The application of the session under test: calls its methods, and judges what they return and throw. */
export class Application {
  readonly #facts: Facts
  readonly #session: LiveSession

  constructor(facts: Facts, session: LiveSession) {
    this.#facts = facts
    this.#session = session
  }

  offer(kind: InputKind): void {
    const order = this.#facts.offered.length
    const input = { ...inputOf(kind), order }
    if (kind.startsWith('activity')) {
      this.#facts.isSpeaking = kind === 'activityStart'
      this.#facts.isSignalRefused = false
    }
    const isOver = this.#facts.isOver
    const offer: Offer = { order, kind }
    this.#facts.offered.push(offer)
    this.#facts.offers.set(kind, (this.#facts.offers.get(kind) ?? 0) + 1)
    this.#try(() => {
      const verdict = this.#session.sendRealtimeInput(input)
      // The application may use its object again at once, even if the input waits.
      input.order = -1
      const isSent = this.#facts.wire.includes(offer)
      if (isOver && !(verdict.status === 'dropped' && verdict.reason === 'closed'))
        this.#facts.broken.push(`G5: after the end an input is ${verdict.status}`)
      // A listener may release what is held before `sendRealtimeInput` returns.
      if (verdict.status !== 'held' && (verdict.status === 'sent') !== isSent)
        this.#facts.broken.push(
          `G5: an input is said to be ${verdict.status}, and ${isSent ? 'was' : 'was not'} seen`,
        )
    })
  }

  /** Answers by hand the latest call with this id. */
  answer(id: CallId, times: number): void {
    const server = this.#facts.servers.findLast(({ calls }) => calls.some(({ call }) => call?.id === id))
    const made = server?.calls.find(({ call }) => call?.id === id)
    if (!server || !made) return
    const isPending =
      made.wireId === undefined
        ? this.#session.calls.isPending(id)
        : !this.#facts.isOver && !server.isReplaced && server.isOpen(made)
    const ids = Array.from({ length: times }, () => id)
    const late = isPending ? times - 1 : times
    const functionResponses = ids.map((each) => ({ id: each, response: { by: 'hand' } }))
    const isTaken = this.#try(() => {
      const report = this.#session.sendToolResponse({ functionResponses })
      made.late += late
      const expected = JSON.stringify([ids.slice(late), ids.slice(0, late)])
      const seen = JSON.stringify([report.sent, report.suppressed.map((each) => each.id)])
      if (seen !== expected) this.#facts.broken.push(`G7, G9: by hand ${seen} instead of ${expected}`)
    })
    // The duplicate is reported as suppressed although the response it duplicates was refused.
    if (!isTaken) made.toldInVain += times - 1
  }

  say(): void {
    const { isSetUp, heard } = this.#facts.server
    const before = (heard.clientContent ?? 0) + this.#facts.refusals
    this.#try(() => this.#session.send('clientContent', {}))
    const isTried = (heard.clientContent ?? 0) + this.#facts.refusals > before
    must(isTried === (isSetUp && !this.#facts.isOver), 'G6.4: what is no input goes at once')
  }

  /** Returns whether `run` succeeded. It may throw only if the transport refused, or if the session cannot send. */
  #try(run: () => unknown): boolean {
    const refusals = this.#facts.refusals
    try {
      run()
      return true
    } catch (error) {
      const isClosed = error instanceof LivegateError && error.code === 'closed'
      const isRight = isClosed
        ? this.#session.snapshot().status !== 'open'
        : error === socketGone && this.#facts.refusals > refusals
      if (!isRight) this.#facts.broken.push(`G3: thrown without a reason: ${String(error)}`)
      return false
    }
  }
}
