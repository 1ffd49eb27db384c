import type { LivegateError } from '@livegate/core'
import { mustBe, refuseOthers } from '@livegate/core/session'
import { fromBase64, type MediaSource } from '@livegate/core/wire'
import { pcmRate, speechRate } from './audio-format.ts'
import { endWorklet } from './end-worklet.ts'
import { keepRunning } from './keep-running.ts'
import { newListeners } from './listeners.ts'
import { loadWorklet, openContext, workletCrashed } from './load-worklet.ts'
import { rootMeanSquare } from './root-mean-square.ts'
import {
  type SpeakerCommand,
  type SpeakerProcessorOptions,
  type SpeakerReport,
  speakerProcessor,
} from './worklet-messages.ts'

/**
 * - `idle`: nothing is playing, or too little has arrived to begin;
 * - `playing`: the model can be heard;
 * - `blocked`: the browser waits for a gesture of the user, or interrupts all sound, as during a call; audio is kept until then;
 * - `closed`: by `close`, or because its worklet has crashed.
 */
export type SpeakerState = 'blocked' | 'idle' | 'playing' | 'closed'

/** The options of {@link openSpeaker}. All are optional. */
export interface SpeakerOptions {
  /**
   * Milliseconds of speech that are buffered before playing starts, so that a late message leaves no gap. If less arrives, playing
   * starts after as long. Default 100.
   */
  readonly bufferMs?: number | undefined
  /** The address of this package's worklet.js. Default: beside the module, where bundlers put it. */
  readonly workletUrl?: string | URL | undefined
}

/** An open speaker, which plays the model's speech. */
export interface Speaker {
  readonly state: SpeakerState
  /** The root mean square of the last 1024 samples, from 0 to 1; 0 while `blocked` or `closed`. */
  readonly level: number
  /**
   * Queues 16-bit PCM, in bytes or base64. Messages may have any size and any rate; the joints between them are inaudible.
   *
   * @throws {LivegateError} `unsupported-audio`, for another type, or data that is neither bytes nor base64, such as a `Float32Array`;
   * `closed`. Nothing is queued then.
   */
  play(audio: {
    readonly data?: MediaSource['data'] | ArrayBuffer
    readonly mimeType?: string | undefined
  }): void
  /** Ends the model's turn: what is queued no longer waits for more, and what comes next belongs to another turn. */
  endTurn(): void
  /**
   * Drops what is queued, and falls silent from the next render quantum, after a fade of 2 ms.
   *
   * @returns how many milliseconds of the model's turn were played, including what the device already has, because it will still be
   * heard. For a turn that was played whole that is all of it, until the next one comes. If the speaker is closed before it answers, it is
   * not known, and 0.
   */
  flush(): Promise<number>
  /**
   * Unblocks the speaker; call it in a click handler. Any click on the page does the same. Rejects with a {@link LivegateError}, `closed`,
   * if the speaker is closed.
   */
  unlock(): Promise<void>
  /** Calls the listener when the state changes; with an error if the speaker is `closed` because its worklet has crashed. */
  onStateChange(listener: (state: SpeakerState, error?: LivegateError) => void): () => void
  /** Falls silent, and releases the device. Closing twice does nothing. */
  close(): void
}

/**
 * Opens the speaker.
 *
 * @throws {LivegateError} `unsupported-platform`, `worklet-failed` or `invalid-options`; the message says what to do.
 */
export async function openSpeaker({
  bufferMs = 100,
  workletUrl,
  ...others
}: SpeakerOptions = {}): Promise<Speaker> {
  refuseOthers('', others)
  mustBe(Number.isFinite(bufferMs) && bufferMs >= 0, 'bufferMs', 'a number from 0', bufferMs)
  const context = openContext(speechRate)
  const processorOptions: SpeakerProcessorOptions = { bufferMs }
  const options = { numberOfInputs: 0, processorOptions }
  const node = await loadWorklet(context, speakerProcessor, workletUrl, options)
  const meter = new AnalyserNode(context, { fftSize: 1024 })
  node.connect(meter).connect(context.destination)
  const heard = new Float32Array(meter.fftSize)
  const states = newListeners<[SpeakerState, LivegateError?]>()
  const flushes: ((playedMs: number) => void)[] = []
  let isPlaying = false
  let isClosed = false
  let crash: LivegateError | undefined

  const stateNow = (): SpeakerState => {
    if (isClosed) return 'closed'
    if (context.state !== 'running') return 'blocked'
    return isPlaying ? 'playing' : 'idle'
  }
  let reported = stateNow()
  const report = (): void => {
    const state = stateNow()
    if (state === reported) return
    reported = state
    states.emit(state, crash)
  }
  const mustBeOpen = (): void => mustBe(!isClosed, 'speaker', 'open', 'closed', 'closed')
  const command = (what: SpeakerCommand, transfer: Transferable[] = []): void => {
    if (!isClosed) node.port.postMessage(what, transfer)
  }
  const stop = keepRunning(context, report)
  node.port.onmessage = ({ data }: MessageEvent<SpeakerReport>) => {
    if (data.type === 'state') {
      isPlaying = data.isPlaying
      report()
    } else if (data.type === 'flushed') flushes.shift()?.(data.playedMs)
  }

  const close = (): void => {
    if (isClosed) return
    isClosed = true
    stop()
    endWorklet(node)
    for (const resolve of flushes.splice(0)) resolve(0)
    report()
  }
  node.onprocessorerror = () => {
    // A crashed processor does not report its end.
    void context.close()
    crash = workletCrashed()
    close()
  }

  return {
    get state() {
      return stateNow()
    },
    get level() {
      // In a context that does not run, the meter keeps its last samples.
      if (isClosed || context.state !== 'running') return 0
      meter.getFloatTimeDomainData(heard)
      return rootMeanSquare(heard)
    },
    play({ data, mimeType }) {
      mustBeOpen()
      const from = pcmRate(mimeType)
      const media = typeof data === 'string' ? fromBase64(data) : data
      // The content is the model's: an error names only its type.
      const type = {}.toString.call(data).slice(8, -1)
      // Samples of 32 bits, as Web Audio has them, would be noise.
      const isBytes = media?.byteLength !== undefined && !type.startsWith('Float')
      mustBe(isBytes, 'data', 'bytes or base64', type, 'unsupported-audio')
      // Data without a `buffer` is an ArrayBuffer itself.
      const { buffer = media, byteOffset, byteLength } = media as Uint8Array<ArrayBuffer>
      // Transfer a copy: others may read the message, too.
      const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice()
      command({ type: 'play', bytes, rate: from }, [bytes.buffer])
    },
    endTurn: () => command({ type: 'end-turn' }),
    flush: async () =>
      isClosed
        ? 0
        : new Promise((resolve) => {
            flushes.push(resolve)
            command({ type: 'flush' })
          }),
    async unlock() {
      // This rejects if the context is closed meanwhile.
      await context.resume().catch(() => {})
      mustBeOpen()
    },
    onStateChange: states.add,
    close,
  }
}
