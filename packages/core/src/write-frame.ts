import { EncodedMedia } from './media.ts'
import type { RealtimeInput } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/**
 * Writes a message of the client as a frame: JSON text. Samples that {@link toRealtimeInput} encoded are inserted without being
 * scanned again. The old `media` is sent as `audio` or `video`.
 */
export function writeFrame<Type extends keyof ClientMessages>(
  type: Type,
  body: ClientMessages[Type],
): string {
  const { audio, media } = (type === 'realtimeInput' ? body : {}) as RealtimeInput
  if (audio instanceof EncodedMedia && Object.keys(body).length === 1) {
    return `{"realtimeInput":{"audio":{"data":"${audio.data}","mimeType":${JSON.stringify(audio.mimeType)}}}}`
  }
  const field = media?.mimeType?.startsWith('image') ? 'video' : 'audio'
  return JSON.stringify({ [type]: media ? { ...body, media: undefined, [field]: media } : body })
}
