/** The state of a {@link JitterBuffer}; while `filling` it plays nothing until enough has arrived. */
export type JitterBufferState = 'empty' | 'filling' | 'playing'

export interface JitterBufferOptions {
  /** Samples that have to be buffered before any is played. If fewer arrive, playing starts after as long. */
  readonly startLength: number
  /** The length of the fade where speech breaks off, in samples. */
  readonly fadeLength: number
}

/** Marks the end of a turn in the queue. */
const turnEnd = new Float32Array(0)

/**
 * Takes the model's speech in messages of any size, ahead of time, and returns it without gaps in the blocks that the platform renders.
 *
 * Speech that breaks off, because of `flush` or because nothing more has arrived in time, is faded out: a jump to silence clicks.
 */
export class JitterBuffer {
  readonly #options: JitterBufferOptions
  #queue: Float32Array[] = []
  /** How many samples of `#queue[0]` were played. */
  #offset = 0
  /** For how many samples the start has been delayed. */
  #waited = 0
  #state: JitterBufferState = 'empty'
  #buffered = 0
  #played = 0
  /** Whether the turn that `#played` counts was played to its end; `#played` stays until the next turn begins. */
  #isOver = false
  /** The rest of the fade to silence after a break. */
  #fade = new Float32Array(0)
  #last = 0

  constructor(options: JitterBufferOptions) {
    this.#options = options
  }

  get state(): JitterBufferState {
    return this.#state
  }

  /** Whether more is needed: to start, or to play a block and fade out after it. */
  needs(blockLength: number): boolean {
    const { startLength, fadeLength } = this.#options
    return this.#buffered < blockLength + fadeLength + (this.#state === 'playing' ? 0 : startLength)
  }

  /** Queues speech. The samples are kept, not copied. */
  push(samples: Float32Array): void {
    if (samples.length === 0) return
    this.#queue.push(samples)
    this.#buffered += samples.length
    if (this.#state !== 'empty') return
    this.#state = 'filling'
    this.#waited = 0
    this.#beginTurn()
  }

  /** Ends the model's turn: what is queued no longer waits for more. */
  endTurn(): void {
    if (this.#state === 'empty') this.#isOver = true
    else {
      this.#queue.push(turnEnd)
      this.#state = 'playing'
    }
  }

  /** Drops what is queued, and fades out. Returns how many samples of the model's turn were played. */
  flush(): number {
    const played = this.#played
    if (this.#state === 'playing') {
      const next = new Float32Array(this.#options.fadeLength)
      const taken = this.#take(next)
      this.#fadeOut(next.fill(this.#last, taken))
    }
    this.#queue = []
    this.#offset = 0
    this.#buffered = 0
    this.#played = 0
    this.#state = 'empty'
    return played
  }

  /** Fills a block with speech, fade and silence. */
  render(output: Float32Array): void {
    output.fill(0)
    const filled = this.#start(output.length) ? this.#take(output) : 0
    this.#addFade(output.subarray(0, filled))
    if (this.#state === 'playing' && filled < output.length) {
      this.#state = 'empty'
      this.#fadeOut(new Float32Array(this.#options.fadeLength).fill(this.#last))
    }
    this.#addFade(output.subarray(filled))
  }

  /** Starts playing once enough is buffered or the delay is over. Returns whether it plays. */
  #start(blockLength: number): boolean {
    const { startLength } = this.#options
    if (this.#state === 'filling') {
      if (this.#buffered >= startLength || this.#waited >= startLength) this.#state = 'playing'
      this.#waited += blockLength
    }
    return this.#state === 'playing'
  }

  /** Moves samples from the queue into `output`. Returns how many there were. */
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
    // A break may come before the fade after the last one is over.
    this.#fade = samples.map(
      (sample, index) => sample * (1 - (index + 1) / samples.length) + (this.#fade[index] ?? 0),
    )
  }

  /** Adds what is left of the fade, because speech may go on before it is over. */
  #addFade(output: Float32Array): void {
    const fade = this.#fade.subarray(0, output.length)
    for (const [index, sample] of fade.entries()) (output[index] as number) += sample
    this.#fade = this.#fade.subarray(fade.length)
  }
}
