declare global {
  /** Crashes the processor of the node that was made last. */
  var crash: () => void
}

/** Runs in the page: the processors are those of worklet.js, but crash on command, or as soon as they run. */
export function letWorkletsCrash(atOnce: boolean): void {
  const { addModule } = AudioWorklet.prototype
  AudioWorklet.prototype.addModule = async function (...given) {
    await addModule.call(this, '/crashing.js')
    await addModule.apply(this, given)
  }
  globalThis.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(...given: ConstructorParameters<typeof AudioWorkletNode>) {
      super(...given)
      globalThis.crash = () => this.port.postMessage({ type: 'crash' })
      if (atOnce) crash()
    }
  }
}
