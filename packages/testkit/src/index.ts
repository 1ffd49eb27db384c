export { ConformanceError } from './conformance-error.ts'
export type { EmulatorServer } from './emulator-server.ts'
export type { Feature, Features } from './features.ts'
export { type LinkedPeer, LinkedServer } from './linked-server.ts'
export { ManualClock } from './manual-clock.ts'
export type { CloseFrame, Peer, PeerServer } from './peer.ts'
export {
  type Opening,
  type Scenario,
  type TransportTestOptions,
  testTransport,
} from './test-transport.ts'
