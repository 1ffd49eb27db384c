import type { FunctionResponse, InputKind, RealtimeInput } from '../src/index.ts'
import type { ClientMessages, LiveSession } from '../src/session.ts'
import { type Facts, fullMs } from './session-facts.ts'
import type { End, MadeCall, Offer, Server, Turn } from './session-server.ts'
import { ruleOf } from './session-steps.ts'

/** What a transport throws when it refuses a message. */
export const socketGone: Error = new Error('socket gone')

/** The transport of the session under test. It judges each message by what the server knows at the time. */
export class Judge {
  readonly #facts: Facts
  readonly #session: () => LiveSession
  readonly #offersMeanwhile: () => unknown
  /** The number of the audio frame after which the session looks at the buffer next. */
  #nextLook = 0

  /** @param offersMeanwhile does what the application does from inside `send`, and returns whether it did anything. */
  constructor(facts: Facts, session: () => LiveSession, offersMeanwhile: () => unknown) {
    this.#facts = facts
    this.#session = session
    this.#offersMeanwhile = offersMeanwhile
  }

  /** Takes a message, or refuses it by throwing. */
  take<Type extends keyof ClientMessages>(server: Server, type: Type, body: ClientMessages[Type]): void {
    const isRefused = this.#facts.fails || this.#facts.takesBefore === 0
    if (this.#facts.takesBefore !== undefined)
      this.#facts.takesBefore = this.#facts.takesBefore ? this.#facts.takesBefore - 1 : undefined
    if (isRefused) this.#facts.refusals++
    if (server.isReplaced)
      this.#facts.broken.push(`G9: ${type} was sent on a connection that another has replaced`)
    if (this.#facts.isOver) this.#facts.broken.push(`${type} was sent after the end`)
    if (type === 'setup') {
      if (server.setups++ > 0 || body !== this.#session().setup) this.#facts.broken.push('the setup, once')
    } else if (!server.isSetUp) this.#facts.broken.push(`${type} was sent before the setup was complete`)
    if (type === 'realtimeInput') this.#takeInput(server, body as RealtimeInput, isRefused)
    if (type === 'toolResponse')
      this.#takeResponses(server, body as ClientMessages['toolResponse'], isRefused)
    if (isRefused) throw socketGone
    server.heard[type] = (server.heard[type] ?? 0) + 1
    // A start that is repeated on a new connection was not offered; it leaves with the offer behind it.
    const offer = type === 'realtimeInput' ? this.#facts.offerOf(body as RealtimeInput) : undefined
    if (!offer) return
    const nthAudio = this.#facts.seen.get('audio') ?? 0
    this.#facts.sending++
    // The application may have offered a picture, which replaces one that waited in the turn.
    if (this.#offersMeanwhile() && server.turn) server.turn.isEmpty = false
    this.#facts.sending--
    if (ruleOf(this.#facts.policy, offer.kind) !== 'pass') this.#look(server, offer.kind, nthAudio)
  }

  #takeInput(server: Server, input: RealtimeInput, isRefused: boolean): void {
    const broken = (law: string): void => void this.#facts.broken.push(law)
    const offer = this.#facts.offerOf(input)
    const kind = offer?.kind ?? 'activityStart'
    const isRestart = !offer && 'activityStart' in input
    if (!offer && !isRestart) broken('G5: what was sent was never offered')
    const passes = ruleOf(this.#facts.policy, kind) === 'pass'
    if (!passes && server.calls.some((call) => call.blocks && server.isOpen(call)))
      broken('G1, G2, G6: an input was sent while a call that blocks was pending')
    if (isRefused) {
      if (kind.startsWith('activity')) this.#facts.isSignalRefused = true
      if (kind === 'activityStart') this.#facts.isStartRefused = true
      if (server.turn) server.turn.isEmpty = false
      return
    }
    if (!passes && !isRestart) this.#meet(server)
    if (this.#facts.given.manual && kind === 'audio' && !server.turn && !this.#facts.isStartRefused)
      broken('G4: audio outside a bracket, where nobody hears it')
    if (kind === 'activityStart') {
      if (server.turn) broken('G4: a start inside a bracket')
      const { audio, video } = this.#session().gate.snapshot().counters
      // Media that wait behind the start may still be replaced, or overflow.
      server.turn = {
        start: offer,
        offersBefore: this.#facts.offered.length,
        isEmpty: audio.held + video.held === 0,
      }
      this.#facts.isStartRefused = false
    } else if (kind === 'activityEnd') {
      if (!server.turn) broken('G4: an end outside a bracket')
      else if (offer && this.#isVain(server.turn, offer))
        broken('G4.2: a turn that was over, with nothing in it, was begun')
      server.turn = undefined
    } else if (kind !== 'text' && server.turn) server.turn.isEmpty = false
    if (!offer) return
    this.#facts.wire.push(offer)
    this.#facts.seen.set(kind, (this.#facts.seen.get(kind) ?? 0) + 1)
  }

  /** Whether a turn was begun in vain: its end had been offered already, and nothing in it was left. */
  #isVain({ start, offersBefore, isEmpty }: Turn, end: Offer): boolean {
    if (!isEmpty || end.order >= offersBefore) return false
    // A turn that continues from an earlier connection, or that the application began twice, does not count.
    const within = this.#facts.offered.slice((start?.order ?? 0) + 1, end.order)
    return start !== undefined && !within.some(({ kind }) => kind === 'activityStart')
  }

  /** Checks that no input is sent while the gate should be shut for a full buffer. */
  #meet(server: Server): void {
    const { fullSinceMs } = server
    const isHeld = fullSinceMs !== undefined && this.#facts.clock.now() - fullSinceMs < fullMs
    if (isHeld && this.#facts.isFull && this.#facts.sending === 0)
      this.#facts.broken.push('G1: an input was sent to a full transport')
  }

  /**
   * Follows when the session looks at the buffer: after every input that is not audio, after the first audio frame behind one, and then
   * after each second of audio, whose frames have 20 ms here.
   */
  #look(server: Server, kind: InputKind, nthAudio: number): void {
    if (kind === 'audio' && nthAudio < this.#nextLook) return
    this.#nextLook = kind === 'audio' ? nthAudio + 50 : 0
    server.fullSinceMs = this.#facts.isFull ? (server.fullSinceMs ?? this.#facts.clock.now()) : undefined
  }

  #takeResponses(
    server: Server,
    { functionResponses }: ClientMessages['toolResponse'],
    isRefused: boolean,
  ): void {
    const broken = (law: string): void => void this.#facts.broken.push(law)
    const made: MadeCall[] = []
    for (const given of functionResponses) {
      const { id, name, response, willContinue } = given
      if (typeof response !== 'object') broken('G7: a response is an object')
      const call = server.called(given)
      if (!call) {
        broken(`G7, G8: no call waits for a response with id ${id} and name ${name}`)
        continue
      }
      if (name !== call.name) broken(`G8: call ${id} has the name ${call.name}, its response ${name}`)
      if (!server.isOpen(call)) broken(`G7: call ${id} was ${server.endOf(call)} and is answered again`)
      if (willContinue && call.blocks) broken('G1.3: progress of a call that blocks')
      if (willContinue) continue
      const end = isRefused ? 'refused' : endBy(given)
      server.end(call, end)
      if (end === 'answered') server.alikeOf(call).handlersHeard++
      if (endBy(given) !== 'answered by hand') made.push(call)
    }
    if (!made.every((call) => this.#isComplete(server, call, made)))
      broken('G6.3: the responses of one message leave together, or each alone')
  }

  /** Whether the right responses leave together: all those of one message, unless the deadline of one has come. */
  #isComplete(server: Server, call: MadeCall, made: readonly MadeCall[]): boolean {
    if (this.#facts.given.responses === 'alone' || !call.blocks || call.name === 'by_hand')
      return made.length === 1
    // Of several calls without an id, nobody can tell which one a response is for.
    if (call.wireId === undefined) return true
    const isDue = ({ dueMs }: MadeCall) => dueMs <= this.#facts.clock.now()
    const left = server.calls.filter(
      (each) =>
        each.message === call.message && each.blocks && each.name !== 'by_hand' && server.isOpen(each),
    )
    return made.some(isDue) ? !left.some(isDue) : left.length === 0
  }
}

/** Where a response comes from: a handler, the application by hand, or the session at the deadline. */
function endBy({ response }: FunctionResponse): End {
  if (response?.by === 'hand') return 'answered by hand'
  return String(response?.error).includes('gave no result within') ? 'told that time is up' : 'answered'
}
