import type { EmulatedSession } from '../emulated-session.ts'
import { type LogEntry, usualSampleRate } from '../session-log.ts'
import { outputSampleRate } from '../voice.ts'
import { describeEntry } from './describe-entry.ts'

/** One line for each thing that happens. Audio comes many times a second: it is counted, and told before what comes next. */
export class LiveLines {
  readonly #write: (line: string) => void
  readonly #audio: WeakMap<EmulatedSession, { in: number; out: number }> = new WeakMap()

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  add(entry: LogEntry, session: EmulatedSession): void {
    const audio = this.#audio.get(session) ?? { in: 0, out: 0 }
    this.#audio.set(session, audio)
    const [direction, seconds] = audioOf(entry)
    if (direction) {
      audio[direction] += seconds
      return
    }
    const at = `${(entry.atMs / 1000).toFixed(3).padStart(8)}  #${session.number}`
    for (const [arrow, key] of [
      ['→', 'in'],
      ['←', 'out'],
    ] as const) {
      if (audio[key] > 0) this.#write(`${at}  ${arrow} ${audio[key].toFixed(2)} s of audio`)
      audio[key] = 0
    }
    this.#write(`${at}  ${onOneLine(describeEntry(entry))}`)
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
