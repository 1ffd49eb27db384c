import { registerMicrophone } from './worklet/microphone-processor.ts'
import { registerSpeaker } from './worklet/speaker-processor.ts'

// Elsewhere, as on a server that imports all there is, there is nothing to register with.
if ('registerProcessor' in globalThis) {
  registerMicrophone()
  registerSpeaker()
}
