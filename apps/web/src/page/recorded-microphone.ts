import type { Microphone, MicrophoneState } from '@livegate/browser'
import { fetchHere } from './api-client.ts'

const rate = 16_000
const frameLength = 320
const frameMs = (frameLength / rate) * 1000

/** A recording that takes the microphone's place. */
export interface RecordedMicrophone extends Microphone {
  /** Whether the whole recording has been delivered. */
  readonly isOver: boolean
  /** Pauses the recording; silence is delivered instead. */
  isResting: boolean
}

/** Loads the samples of a recording from a WAV file: 16 kHz, mono, 16 bits. */
export async function loadSpeech(name: string): Promise<Int16Array> {
  const response = await fetchHere(`/speech/${name}.wav`)
  if (!response.ok) throw new Error(`There is no recording “${name}”. Open the page with ?speech=weather.`)
  const bytes = await response.arrayBuffer()
  return new Int16Array(bytes.slice(dataOf(new DataView(bytes))))
}

/** The offset of the samples: behind the head of the `data` chunk (RIFF). */
function dataOf(view: DataView): number {
  const data = 0x6461_7461
  let at = 12
  while (at + 8 <= view.byteLength && view.getUint32(at) !== data) at += 8 + view.getUint32(at + 4, true)
  return at + 8
}

/** Plays a recording in real time. After its end, and while it rests, it delivers silence. */
export function playRecording(samples: Int16Array): RecordedMicrophone {
  const frames = new Set<(frame: Int16Array<ArrayBuffer>) => void>()
  let state: MicrophoneState = 'live'
  let level = 0
  let at = 0
  let isResting = false
  const startedAt = performance.now()
  let told = 0
  const say = (): void => {
    // Timers of pages are late: deliver all that is due.
    const due = Math.floor((performance.now() - startedAt) / frameMs)
    for (; told < due; told++) {
      const frame = new Int16Array(frameLength)
      if (!isResting) {
        frame.set(samples.subarray(at, at + frameLength))
        at += frameLength
      }
      level = levelOf(frame)
      for (const listener of frames) listener(frame)
    }
  }
  const timer = setInterval(say, frameMs / 2)
  return {
    get state() {
      return state
    },
    get level() {
      return level
    },
    get isOver() {
      return at >= samples.length
    },
    get isResting() {
      return isResting
    },
    set isResting(rests) {
      isResting = rests
    },
    label: 'A recorded voice',
    muted: false,
    useDevice: () => Promise.reject(new Error('a recording has no device')),
    onFrame(listener) {
      frames.add(listener)
      return () => frames.delete(listener)
    },
    onStateChange: () => () => {},
    close() {
      state = 'closed'
      clearInterval(timer)
    },
  }
}

/** Returns the root mean square of a frame, from 0 to 1. */
export function levelOf(frame: Int16Array): number {
  return Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length) / 32_768
}
