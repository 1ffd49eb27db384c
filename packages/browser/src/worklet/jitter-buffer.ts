/** What a {@link JitterBuffer} does: `filling` plays nothing until enough has come. */
export type JitterBufferState = 'empty' | 'filling' | 'playing'

export interface JitterBufferOptions {
  /** Samples that have to be there, or to be waited for, before any is played. */
  readonly startLength: number
  /** Samples within which it is silent after a flush. */
  readonly fadeLength: number
}

/** Stands in the queue where a turn ends. */
const turnEnd = new Float32Array(0)

/**
 * Takes the model's speech in messages of any size, earlier than it is heard, and gives it out without a gap, in blocks of whatever
 * length the platform renders.
 *
 * What breaks off while it plays (`flush`, or nothing more has come in time) is faded out, because a jump to silence is heard as a
 * click.
 */
export class JitterBuffer {
  readonly #options: JitterBufferOptions
  #queue: Float32Array[] = []
  /** Samples of `#queue[0]` that were played. */
  #offset = 0
  /** Samples for which the start was waited for. */
  #waited = 0
  #state: JitterBufferState = 'empty'
  #buffered = 0
  #played = 0
  /** The turn that `#played` counts has been played to its end; told until there is something of the next. */
  #isOver = false
  /** What sounds on after a break, down to silence. */
  #fade = new Float32Array(0)
  #last = 0

  constructor(options: JitterBufferOptions) {
    this.#options = options
  }

  get state(): JitterBufferState {
    return this.#state
  }

  /** Whether there is too little for a block and a fade after it, or to begin. */
  needs(blockLength: number): boolean {
    const { startLength, fadeLength } = this.#options
    return this.#buffered < blockLength + fadeLength + (this.#state === 'playing' ? 0 : startLength)
  }

  /** Takes speech. What is given is kept, not copied. */
  push(samples: Float32Array): void {
    if (samples.length === 0) return
    this.#queue.push(samples)
    this.#buffered += samples.length
    if (this.#state !== 'empty') return
    this.#state = 'filling'
    this.#waited = 0
    this.#beginTurn()
  }

  /** The model's turn is over: what is there need not wait for more. */
  endTurn(): void {
    if (this.#state === 'empty') this.#isOver = true
    else {
      this.#queue.push(turnEnd)
      this.#state = 'playing'
    }
  }

  /** Gives up what waits, and fades out. How many samples of the model's turn were played. */
  flush(): number {
    const played = this.#played
    if (this.#state === 'playing') {
      const next = new Float32Array(this.#options.fadeLength)
      this.#take(next)
      this.#fadeOut(next)
    }
    this.#queue = []
    this.#offset = 0
    this.#buffered = 0
    this.#played = 0
    this.#state = 'empty'
    return played
  }

  /** Fills a block with what is to be heard. */
  render(output: Float32Array): void {
    output.fill(0)
    const filled = this.#start(output.length) ? this.#take(output) : 0
    if (this.#state === 'playing' && filled < output.length) {
      this.#state = 'empty'
      this.#fadeOut(new Float32Array(this.#options.fadeLength).fill(this.#last))
    }
    this.#addFade(output.subarray(filled))
  }

  /** Whether there is something to play by now. */
  #start(blockLength: number): boolean {
    const { startLength } = this.#options
    if (this.#state === 'filling') {
      if (this.#buffered >= startLength || this.#waited >= startLength) this.#state = 'playing'
      this.#waited += blockLength
    }
    return this.#state === 'playing'
  }

  /** Moves as much as there is from the queue into `output`; how much it was. */
  #take(output: Float32Array): number {
    let filled = 0
    while (filled < output.length) {
      const [chunk] = this.#queue
      if (!chunk) break
      if (chunk === turnEnd) this.#isOver = true
      else this.#beginTurn()
      const part = chunk.subarray(this.#offset, this.#offset + output.length - filled)
      output.set(part, filled)
      filled += part.length
      this.#played += part.length
      this.#offset += part.length
      if (this.#offset < chunk.length) continue
      this.#queue.shift()
      this.#offset = 0
    }
    this.#buffered -= filled
    if (filled > 0) this.#last = output[filled - 1] as number
    return filled
  }

  #beginTurn(): void {
    if (this.#isOver) this.#played = 0
    this.#isOver = false
  }

  #fadeOut(samples: Float32Array): void {
    this.#fade = samples.map((sample, index) => sample * (1 - (index + 1) / samples.length))
  }

  #addFade(output: Float32Array): void {
    const length = Math.min(output.length, this.#fade.length)
    for (let index = 0; index < length; index++) output[index] = this.#fade[index] as number
    this.#fade = this.#fade.subarray(length)
  }
}
