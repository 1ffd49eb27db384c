import { EncodedMedia } from './media.ts'
import type { RealtimeInput } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/**
 * A message of the client as a frame: JSON in text. Samples that {@link toRealtimeInput} encoded are put into it without another
 * look at them; the old `media` goes as what it is, audio or video.
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
