import type { SpeakerCommand, SpeakerReport } from '../../src/worklet-messages.ts'

declare global {
  /** The worklets' ends of the nodes that were made last, by the processor's name. */
  var worklets: Map<string, MessagePort>
}

/**
 * Runs in the page: the nodes are the platform's, and are ended as such; but what they hear and play goes through channels of which the
 * other end is the test's, so that a microphone hears as fast as it can be told, and a speaker plays at once.
 */
export function standInForWorklets(): void {
  globalThis.worklets = new Map()
  globalThis.AudioWorkletNode = class extends AudioWorkletNode {
    readonly #channel = new MessageChannel()

    constructor(context: BaseAudioContext, name: string, options?: AudioWorkletNodeOptions) {
      super(context, name, options)
      const real = super.port
      const end = this.#channel.port2
      const report = (what: SpeakerReport): void => end.postMessage(what)
      real.onmessage = ({ data }: MessageEvent<SpeakerReport>) => {
        if (data.type === 'ended') {
          report(data)
          real.close()
        }
      }
      end.onmessage = ({ data }: MessageEvent<SpeakerCommand>) => {
        if (data.type === 'end') return real.postMessage(data)
        if (data.type === 'play') report({ type: 'state', isPlaying: true })
        else if (data.type === 'flush') report({ type: 'flushed', playedMs: 20 })
        if (data.type !== 'play') report({ type: 'state', isPlaying: false })
      }
      worklets.set(name, end)
    }

    override get port(): MessagePort {
      return this.#channel.port1
    }
  }
}
