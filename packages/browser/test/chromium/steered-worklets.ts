declare global {
  /** Crashes the processor of the node that was made last. */
  var crash: () => void
}

/** Runs in the page: the processors are those of worklet.js, but crash on command, when they run first, or when they are made. */
export function letWorkletsCrash(when: 'on command' | 'in process' | 'in constructor'): void {
  const { addModule } = AudioWorklet.prototype
  // Else a fast machine may have started the context before it reports the crash.
  if (when === 'in constructor') AudioContext.prototype.resume = () => new Promise(() => {})
  AudioWorklet.prototype.addModule = async function (...given) {
    await addModule.call(this, '/crashing.js')
    await addModule.apply(this, given)
  }
  globalThis.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(context: BaseAudioContext, name: string, options: AudioWorkletNodeOptions = {}) {
      const { processorOptions } = options
      const crashes = when === 'in constructor'
      super(context, name, { ...options, processorOptions: { ...processorOptions, crashes } })
      globalThis.crash = () => this.port.postMessage({ type: 'crash' })
      if (when === 'in process') crash()
    }
  }
}
