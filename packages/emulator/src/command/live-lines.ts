import type { EmulatedSession } from '../emulated-session.ts'
import type { Refusal } from '../refusal.ts'
import { type LogEntry, usualSampleRate } from '../session-log.ts'
import { outputSampleRate } from '../voice.ts'
import { describeEntry, describeRefusal } from './describe-entry.ts'

/** Audio of a session that has no line yet: its seconds, and when the first of it came. */
interface UnreportedAudio {
  in: number
  out: number
  readonly sinceMs: number
}

// A client that only streams audio still gets a line each second.
const longestUnreportedMs = 1000

/**
 * Writes a line for each event, with the time since the emulator's start. Audio messages come many times a second: they are summed
 * up in one line, before the next event or after a second.
 */
export class LiveLines {
  readonly #write: (line: string) => void
  /** By the number of the session. */
  readonly #unreported: Map<number, UnreportedAudio> = new Map()

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  add(entry: LogEntry, { number }: Pick<EmulatedSession, 'number'>, nowMs: number): void {
    this.tick(nowMs)
    const [direction, seconds] = audioOf(entry)
    if (direction) {
      const unreported = this.#unreported.get(number) ?? { in: 0, out: 0, sinceMs: nowMs }
      this.#unreported.set(number, unreported)
      unreported[direction] += seconds
      return
    }
    this.#writeAudio(number, nowMs)
    this.#writeLine(nowMs, `#${number}`, describeEntry(entry))
  }

  addRefusal(refusal: Refusal, nowMs: number): void {
    this.#writeLine(nowMs, '  ', describeRefusal(refusal))
  }

  /** Writes lines for audio that came more than a second ago. Call it about once a second. */
  tick(nowMs: number): void {
    for (const [number, { sinceMs }] of this.#unreported)
      if (nowMs - sinceMs >= longestUnreportedMs) this.#writeAudio(number, nowMs)
  }

  #writeAudio(number: number, nowMs: number): void {
    const unreported = this.#unreported.get(number)
    this.#unreported.delete(number)
    for (const [arrow, seconds] of [
      ['→', unreported?.in ?? 0],
      ['←', unreported?.out ?? 0],
    ] as const)
      if (seconds > 0) this.#writeLine(nowMs, `#${number}`, `${arrow} ${seconds.toFixed(2)} s of audio`)
  }

  #writeLine(nowMs: number, who: string, what: string): void {
    this.#write(`${(nowMs / 1000).toFixed(3).padStart(8)}  ${who}  ${onOneLine(what)}`)
  }
}

/** Escapes line feeds and terminal control characters, which the texts of clients may contain. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    const escaped = JSON.stringify(control).slice(1, -1)
    return escaped === control ? `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped
  })
}

/** The direction and seconds of an entry with nothing but audio; `undefined` as direction for any other entry. */
function audioOf(entry: LogEntry): readonly ['in' | 'out' | undefined, number] {
  if (entry.kind === 'sent' && entry.message.type === 'audio')
    return ['out', entry.message.samples / outputSampleRate]
  if (entry.kind !== 'received' || entry.message.type !== 'realtimeInput') return [undefined, 0]
  const { inputs, audioSamples, sampleRate = usualSampleRate } = entry.message
  const isAudio = inputs.every((input) => input === 'audio' || input === 'mediaChunks')
  return [isAudio && audioSamples > 0 ? 'in' : undefined, audioSamples / sampleRate]
}
