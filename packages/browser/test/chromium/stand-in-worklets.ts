import type { SpeakerCommand, SpeakerReport } from '../../src/worklet-messages.ts'

declare global {
  /** The worklet's ports of the nodes that were made last, by the processor's name. */
  var worklets: Map<string, MessagePort>
}

/**
 * Runs in the page: nodes are the platform's own and end as such, but their audio goes through channels to the test. So a microphone
 * delivers frames as fast as the test sends them, and a speaker plays at once.
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
