import type { EmulatedSession } from '../emulated-session.ts'
import type { Refusal } from '../live-server.ts'
import { type LogEntry, usualSampleRate } from '../session-log.ts'
import { outputSampleRate } from '../voice.ts'
import { describeEntry, describeRefusal } from './describe-entry.ts'

/** Audio of a session that is not told yet: its seconds, and when the first of it came. */
interface Untold {
  in: number
  out: number
  readonly sinceMs: number
}

// Who streams without a word is seen to do so.
const longestUntoldMs = 1000

/**
 * One line for each thing that happens, with the time from the emulator's start. Audio comes many times a second: it is counted,
 * and told before what comes next, or after a second.
 */
export class LiveLines {
  readonly #write: (line: string) => void
  /** By the number of the session. */
  readonly #untold: Map<number, Untold> = new Map()

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  add(entry: LogEntry, { number }: Pick<EmulatedSession, 'number'>, nowMs: number): void {
    this.tick(nowMs)
    const [direction, seconds] = audioOf(entry)
    if (direction) {
      const untold = this.#untold.get(number) ?? { in: 0, out: 0, sinceMs: nowMs }
      this.#untold.set(number, untold)
      untold[direction] += seconds
      return
    }
    this.#tellAudio(number, nowMs)
    this.#tell(nowMs, `#${number}`, describeEntry(entry))
  }

  addRefusal(refusal: Refusal, nowMs: number): void {
    this.#tell(nowMs, '  ', describeRefusal(refusal))
  }

  /** To be called now and then: tells what audio came more than a second ago. */
  tick(nowMs: number): void {
    for (const [number, { sinceMs }] of this.#untold)
      if (nowMs - sinceMs >= longestUntoldMs) this.#tellAudio(number, nowMs)
  }

  #tellAudio(number: number, nowMs: number): void {
    const untold = this.#untold.get(number)
    this.#untold.delete(number)
    for (const [arrow, seconds] of [
      ['→', untold?.in ?? 0],
      ['←', untold?.out ?? 0],
    ] as const)
      if (seconds > 0) this.#tell(nowMs, `#${number}`, `${arrow} ${seconds.toFixed(2)} s of audio`)
  }

  #tell(nowMs: number, who: string, what: string): void {
    this.#write(`${(nowMs / 1000).toFixed(3).padStart(8)}  ${who}  ${onOneLine(what)}`)
  }
}

/** What clients write may have line feeds in it, and what a terminal takes for a command: both are shown, not obeyed. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    const escaped = JSON.stringify(control).slice(1, -1)
    return escaped === control ? `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped
  })
}

/** Which way an entry of audio and nothing else went, and how many seconds of it. */
function audioOf(entry: LogEntry): readonly ['in' | 'out' | undefined, number] {
  if (entry.kind === 'sent' && entry.message.type === 'audio')
    return ['out', entry.message.samples / outputSampleRate]
  if (entry.kind !== 'received' || entry.message.type !== 'realtimeInput') return [undefined, 0]
  const { inputs, audioSamples, sampleRate = usualSampleRate } = entry.message
  const isAudio = inputs.every((input) => input === 'audio' || input === 'mediaChunks')
  return [isAudio && audioSamples > 0 ? 'in' : undefined, audioSamples / sampleRate]
}
