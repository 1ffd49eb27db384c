import { describe, expect, it } from 'vitest'
import { LiveLines } from '../src/command/live-lines.ts'
import type { LogEntry, ReceivedMessage } from '../src/index.ts'

const session = { number: 1 }

function linesOf(...entries: readonly LogEntry[]): readonly string[] {
  const lines: string[] = []
  const live = new LiveLines((line) => lines.push(line))
  for (const entry of entries) live.add(entry, session, entry.atMs)
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
      'a text with control sequences of a terminal',
      text('\u001b[2J\u009b2J\u007f'),
      '→ text "\\u001b[2J\\u009b2J\\u007f"',
    ],
    ['a text in any script', text('Où? 天气 🌧'), '→ text "Où? 天气 🌧"'],
    [
      'a connection',
      {
        kind: 'connected',
        atMs: 12,
        connection: { api: 'gemini', version: 'v1alpha', constrained: true, credential: 'token' },
      },
      '• connected: Gemini API v1alpha, constrained, with an ephemeral token',
    ],
    ['a resumed session', { kind: 'resumed', atMs: 12, epoch: 2 }, '• resumed: connection 2 of its session'],
    ['a fault', { kind: 'fault', atMs: 12, fault: { fault: 'drop' } }, '• fault {"fault":"drop"}'],
    [
      'a close without a code',
      { kind: 'close', atMs: 12, code: 1005, reason: '', by: 'client' },
      '✕ closed by the client: 1005, a close frame without a code',
    ],
    [
      'a lost connection',
      { kind: 'close', atMs: 12, code: 1006, reason: '', by: 'client' },
      '✕ closed by the client: 1006, without a close frame',
    ],
    [
      'a thought',
      { kind: 'sent', atMs: 12, message: { type: 'thought', text: '**Hm**\n' } },
      '← thinks "**Hm**\\n"',
    ],
    ['a warning', { kind: 'warning', atMs: 12, reason: 'odd' }, '! odd'],
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

  it('shows a refused connection, with the time since the start', () => {
    const lines: string[] = []
    new LiveLines((line) => lines.push(line)).addRefusal({ path: '/foo\n', status: 404 }, 1234)
    expect(lines).toEqual(['   1.234      ✕ refused with 404: /foo\\n'])
  })

  it('sums up audio each second, even if nothing else comes', () => {
    const lines: string[] = []
    const live = new LiveLines((line) => lines.push(line))
    const audio = received({ type: 'realtimeInput', inputs: ['audio'], audioSamples: 320 })
    for (let atMs = 0; atMs < 2500; atMs += 20) live.add(audio, session, atMs)
    live.tick(2999)
    live.tick(3000)
    live.tick(9000)
    expect(lines).toEqual([
      '   1.000  #1  → 1.00 s of audio',
      '   2.000  #1  → 1.00 s of audio',
      '   3.000  #1  → 0.50 s of audio',
    ])
  })

  it('counts the seconds of audio at the rate of the audio', () => {
    const audio = (audioSamples: number, more: object) =>
      received({ type: 'realtimeInput', inputs: ['audio'], audioSamples, ...more })
    const frames = Array.from({ length: 50 }, () => audio(1920, { sampleRate: 48_000 }))
    expect(linesOf(...frames, audio(8000, {}), text('a'))).toEqual([
      '   0.012  #1  → 2.50 s of audio',
      '   0.012  #1  → text "a"',
    ])
  })
})
