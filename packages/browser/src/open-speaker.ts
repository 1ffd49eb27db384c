import type { LivegateError } from '@livegate/core'
import { fromBase64, type MediaSource } from '@livegate/core/wire'
import { pcmRate } from './audio-format.ts'
import { endWorklet } from './end-worklet.ts'
import { mustBe } from './failure.ts'
import { begun, keepRunning } from './keep-running.ts'
import { newListeners } from './listeners.ts'
import { loadWorklet, workletCrashed } from './load-worklet.ts'
import { rootMeanSquare } from './root-mean-square.ts'
import {
  type SpeakerCommand,
  type SpeakerProcessorOptions,
  type SpeakerReport,
  speakerProcessor,
} from './worklet-messages.ts'

/** `blocked`: the browser lets the page play sound only after a gesture of the user; what is played until then waits. */
export type SpeakerState = 'blocked' | 'idle' | 'playing' | 'closed'

export interface SpeakerOptions {
  /**
   * Milliseconds of speech that must have arrived, or been waited for, before playing starts, so that a late message leaves no gap.
   * Default 100.
   */
  readonly bufferMs?: number
  /** The address of this package's worklet.js. Default: beside the module, where bundlers put it. */
  readonly workletUrl?: string | URL
}

/** Plays the model's speech. */
export interface Speaker {
  readonly state: SpeakerState
  /** How loud it is now: the root mean square of 1024 samples, from 0 to 1; 0 while it is `blocked` or `closed`. */
  readonly level: number
  /**
   * Plays 16-bit PCM, in bytes or base64, after what is already queued. Messages may have any size and any rate; their joints cannot be
   * heard.
   *
   * @throws {LivegateError} `unsupported-audio`, for another type, and for what is neither; `closed`. Nothing is played then.
   */
  play(audio: { readonly data?: MediaSource['data'] | ArrayBuffer; readonly mimeType?: string }): void
  /** The model's turn is over: what is queued need not wait for more, and what comes next belongs to another turn. */
  endTurn(): void
  /**
   * Silences it from the next render quantum, after a fade of 2 ms, and drops what is queued.
   *
   * @returns how many milliseconds of the model's turn were really played; of one that was played whole, until the next comes, all of
   * it. What the device has by then is counted: it is still heard.
   */
  flush(): Promise<number>
  /**
   * Unblocks it when it is `blocked`; call it in a click handler. Any click on the page does the same. Rejects with a
   * {@link LivegateError}, `closed`, when it is.
   */
  unlock(): Promise<void>
  /** Calls the listener when the state changes; with an error, if it is `closed` because its worklet has crashed. */
  onStateChange(listener: (state: SpeakerState, error?: LivegateError) => void): () => void
  close(): void
}

/** The rate of the model's speech, in Hz; the platform converts it to the device's. */
const rate = 24_000

/**
 * Opens the speaker.
 *
 * @throws {LivegateError} `unsupported-platform`, `worklet-failed` or `invalid-options`; the message says what to do.
 */
export async function openSpeaker({ bufferMs = 100, workletUrl }: SpeakerOptions = {}): Promise<Speaker> {
  mustBe(Number.isFinite(bufferMs) && bufferMs >= 0, 'bufferMs', 'a number from 0', bufferMs)
  const context = new AudioContext({ sampleRate: rate })
  const processorOptions: SpeakerProcessorOptions = { bufferMs }
  const options = { numberOfInputs: 0, outputChannelCount: [1], processorOptions }
  const node = await loadWorklet(context, speakerProcessor, workletUrl, options).catch((error) => {
    context.close()
    throw error
  })
  const meter = new AnalyserNode(context, { fftSize: 1024 })
  node.connect(meter).connect(context.destination)
  await begun(context)
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
  let told = stateNow()
  const tell = (): void => {
    const state = stateNow()
    if (state === told) return
    told = state
    states.tell(state, crash)
  }
  const mustBeOpen = (): void => mustBe(!isClosed, 'speaker', 'open to play', 'closed', 'closed')
  const command = (what: SpeakerCommand, transfer: Transferable[] = []): void => {
    if (!isClosed) node.port.postMessage(what, transfer)
  }
  const stop = keepRunning(context, tell)
  node.port.onmessage = ({ data }: MessageEvent<SpeakerReport>) => {
    if (data.type === 'state') {
      isPlaying = data.isPlaying
      tell()
    } else if (data.type === 'flushed') flushes.shift()?.(data.playedMs)
  }

  const close = (): void => {
    if (isClosed) return
    isClosed = true
    stop()
    endWorklet(node)
    for (const resolve of flushes.splice(0)) resolve(0)
    tell()
  }
  node.onprocessorerror = () => {
    // What has crashed does not say that it has ended.
    void context.close()
    crash = workletCrashed()
    close()
  }

  return {
    get state() {
      return stateNow()
    },
    get level() {
      // Whose context does not run, keeps what it had last.
      if (isClosed || context.state !== 'running') return 0
      meter.getFloatTimeDomainData(heard)
      return rootMeanSquare(heard)
    },
    play({ data, mimeType }) {
      mustBeOpen()
      const from = pcmRate(mimeType)
      const media = typeof data === 'string' ? fromBase64(data) : data
      mustBe(media?.byteLength !== undefined, 'data', 'bytes or base64', data, 'unsupported-audio')
      // What has no buffer is one.
      const { buffer = media, byteOffset, byteLength } = media as Uint8Array<ArrayBuffer>
      // A copy, which the worklet may have: others read the message, too.
      const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice()
      command({ type: 'play', bytes, rate: from }, [bytes.buffer])
    },
    endTurn: () => command({ type: 'end-turn' }),
    flush: () =>
      new Promise((resolve) => {
        if (isClosed) return resolve(0)
        flushes.push(resolve)
        command({ type: 'flush' })
      }),
    async unlock() {
      // It rejects when the context is closed meanwhile.
      await context.resume().catch(() => {})
      mustBeOpen()
    },
    onStateChange: states.add,
    close,
  }
}
