import type { InputKind, RealtimeInput } from '../src/index.ts'

/** Silence of a length, as a microphone sends it: 16 kHz s16le in base64. */
export function pcm(durationMs: number): string {
  const bytes = durationMs * 32
  const padding = (3 - (bytes % 3)) % 3
  return 'A'.repeat(((bytes + padding) / 3) * 4 - padding) + '='.repeat(padding)
}

export function audio(durationMs = 20): RealtimeInput {
  return { audio: { data: pcm(durationMs), mimeType: 'audio/pcm;rate=16000' } }
}

export function video(): RealtimeInput {
  return { video: { data: '/9j/4AAQ', mimeType: 'image/jpeg' } }
}

export const start: RealtimeInput = { activityStart: {} }
export const end: RealtimeInput = { activityEnd: {} }
export const streamEnd: RealtimeInput = { audioStreamEnd: true }

export const kinds: readonly InputKind[] = [
  'audio',
  'video',
  'text',
  'activityStart',
  'activityEnd',
  'audioStreamEnd',
]

/** Makes a new input of a kind. */
export function inputOf(kind: InputKind): RealtimeInput {
  switch (kind) {
    case 'audio':
      return { audio: { data: pcm(20), mimeType: 'audio/pcm;rate=16000' } }
    case 'video':
      return { video: { data: '/9j/', mimeType: 'image/jpeg' } }
    case 'text':
      return { text: 'word' }
    case 'activityStart':
      return { activityStart: {} }
    case 'activityEnd':
      return { activityEnd: {} }
    case 'audioStreamEnd':
      return { audioStreamEnd: true }
  }
}
