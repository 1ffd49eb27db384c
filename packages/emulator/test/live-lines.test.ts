import { describe, expect, it } from 'vitest'
import { LiveLines } from '../src/command/live-lines.ts'
import type { EmulatedSession, LogEntry, ReceivedMessage } from '../src/index.ts'

const session = { number: 1 } as EmulatedSession

function linesOf(...entries: readonly LogEntry[]): readonly string[] {
  const lines: string[] = []
  const live = new LiveLines((line) => lines.push(line))
  for (const entry of entries) live.add(entry, session)
  return lines
}

const received = (message: ReceivedMessage): LogEntry => ({ kind: 'received', atMs: 12, message })
const text = (words: string) =>
  received({ type: 'realtimeInput', inputs: ['text'], audioSamples: 0, text: words })
const answered = (...responses: readonly object[]) =>
  received({ type: 'toolResponse', responses } as unknown as ReceivedMessage)

describe('a line of what happens', () => {
  it.each<[string, LogEntry, string]>([
    ['a response', answered({ name: 'f', response: { n: 1 } }), '→ tool response f: "{"n":1}"'],
    ['a response without content', answered({ id: 'a', name: 'f' }), '→ tool response f: nothing'],
    ['a response with its id alone', answered({ id: 'a' }), '→ tool response a: nothing'],
    ['responses without a name', answered({}, {}), '→ tool response ?: nothing, ?: nothing'],
    ['a text of several lines', text('One\r\nTwo\tThree'), '→ text "One\\r\\nTwo\\tThree"'],
    [
      'a text that would command the terminal',
      text('\u001b[2J\u009b2J\u007f'),
      '→ text "\\u001b[2J\\u009b2J\\u007f"',
    ],
    ['a text in any script', text('Où? 天气 🌧'), '→ text "Où? 天气 🌧"'],
    [
      'a violation that quotes the client at length',
      { kind: 'violation', atMs: 12, reason: `${'x'.repeat(300)}\n` },
      `! ${'x'.repeat(240)}…`,
    ],
    [
      'a setup with a model of any name',
      received({ type: 'setup', setup: { model: `${'m'.repeat(300)}\n` } }),
      `→ setup ${'m'.repeat(240)}…`,
    ],
  ])('shows %s', (_case, entry, line) => {
    expect(linesOf(entry)).toEqual([`   0.012  #1  ${line}`])
  })

  it('tells how many seconds of audio came, at the rate at which it came', () => {
    const audio = (audioSamples: number, more: object) =>
      received({ type: 'realtimeInput', inputs: ['audio'], audioSamples, ...more })
    const frames = Array.from({ length: 50 }, () => audio(1920, { sampleRate: 48_000 }))
    expect(linesOf(...frames, audio(8000, {}), text('a'))).toEqual([
      '   0.012  #1  → 2.50 s of audio',
      '   0.012  #1  → text "a"',
    ])
  })
})
