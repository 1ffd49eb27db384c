import { registerMicrophone } from './worklet/microphone-processor.ts'
import { registerSpeaker } from './worklet/speaker-processor.ts'

// Outside an AudioWorklet, for example on a server, there is nothing to register with.
if ('registerProcessor' in globalThis) {
  registerMicrophone()
  registerSpeaker()
}
