import type { Clock } from './clock.ts'

/** Makes a server stop reading from its socket for a while. */
export class ReadingPause {
  readonly #clock: Clock
  readonly #setReading: (reading: boolean) => void
  #end: () => void = () => {}

  constructor(clock: Clock, setReading: (reading: boolean) => void) {
    this.#clock = clock
    this.#setReading = setReading
  }

  /** Begins a pause of `forMs` milliseconds. It replaces one that runs. */
  begin(forMs: number): void {
    this.end()
    this.#setReading(false)
    const cancelTimer = this.#clock.setTimer(forMs, () => this.end())
    this.#end = () => {
      cancelTimer()
      this.#setReading(true)
    }
  }

  end(): void {
    const end = this.#end
    this.#end = () => {}
    end()
  }
}
