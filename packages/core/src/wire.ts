export { type EndpointOptions, endpointOf, withoutSecrets } from './endpoint.ts'
export {
  type ClientContent,
  type ContentSource,
  type LiveConfig,
  type LiveContextUpdate,
  toClientContent,
  toContextUpdate,
  toSetup,
} from './live-setup.ts'
export { type LiveInput, type MediaSource, samplesOf, toRealtimeInput } from './media.ts'
export { fromBase64, toBase64 } from './platform.ts'
export { type Frame, type FrameProblem, readFrame } from './read-frame.ts'
export type { LiveServerMessage, ServerContent, ServerPart, Transcription } from './server-message.ts'
export { type VertexOptions, vertexEndpoint } from './vertex-endpoint.ts'
export { writeFrame } from './write-frame.ts'
