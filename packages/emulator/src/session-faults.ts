import type { Clock } from './clock.ts'
import type { Fault } from './fault.ts'
import { type KnownClose, knownCloses } from './known-closes.ts'
import type { MessageSender } from './message-sender.ts'
import { ReadingPause } from './reading-pause.ts'

/** What faults need of their session. */
export interface SessionFaultsPort {
  /** Whether the setup has arrived. */
  hasSetup(): boolean
  close(code: number, reason: string): void
  drop(): void
  sendText(text: string): void
  goAway(timeLeftMs: number): void
  /** Stops or resumes reading from the socket. */
  setReading(reading: boolean): void
}

/** Applies faults to a session. */
export class SessionFaults {
  readonly #sender: MessageSender
  readonly #port: SessionFaultsPort
  readonly #pause: ReadingPause
  #audioMessageMs: number
  // A server sends nothing before the setup: a close of a test comes in place of setupComplete.
  #heldClose: Extract<Fault, { fault: 'close' }> | undefined

  constructor(sender: MessageSender, audioMessageMs: number, clock: Clock, port: SessionFaultsPort) {
    this.#sender = sender
    this.#port = port
    this.#pause = new ReadingPause(clock, (reading) => port.setReading(reading))
    this.#audioMessageMs = audioMessageMs
  }

  /** Milliseconds of audio in each message. */
  get audioMessageMs(): number {
    return this.#audioMessageMs
  }

  apply(fault: Fault): void {
    switch (fault.fault) {
      case 'close':
        if (this.#port.hasSetup()) this.#close(fault)
        else this.#heldClose ??= fault
        return
      case 'drop':
        this.#port.drop()
        return
      case 'silence':
        this.#sender.silence()
        return
      case 'latency':
        this.#sender.delay(fault.ms, fault.jitterMs ?? 0)
        return
      case 'stop-reading':
        this.#pause.begin(fault.forMs)
        return
      case 'audio-message':
        this.#audioMessageMs = fault.ms
        return
      case 'send':
        this.#port.sendText(fault.text)
        return
      case 'go-away':
        this.#port.goAway(fault.timeLeftMs)
        return
      default:
        fault satisfies never
    }
  }

  /** Reports that the setup has arrived. Returns whether a close that waited for it has ended the session. */
  setupArrived(): boolean {
    if (this.#heldClose === undefined) return false
    this.#close(this.#heldClose)
    return true
  }

  /** Reports the end of the session. */
  end(): void {
    this.#pause.end()
  }

  #close(fault: Extract<Fault, { fault: 'close' }>): void {
    // A field that is undefined counts as absent.
    const like: KnownClose | undefined = 'like' in fault ? fault.like : undefined
    if (like !== undefined) this.#port.close(knownCloses[like].code, knownCloses[like].reason)
    else if ('code' in fault) this.#port.close(fault.code, fault.reason)
  }
}
