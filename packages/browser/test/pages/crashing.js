// Runs in a worklet before worklet.js, and makes its processors throw: on command, or when one is made with `crashes`.
const register = globalThis.registerProcessor
globalThis.registerProcessor = (name, Processor) =>
  register(
    name,
    class extends Processor {
      #isCrashing = false

      constructor(options) {
        super(options)
        if (options.processorOptions.crashes) throw new Error('of the constructor')
        const { port } = this
        const { onmessage } = port
        port.onmessage = (event) => {
          if (event.data.type === 'crash') this.#isCrashing = true
          else onmessage?.call(port, event)
        }
      }

      process(...given) {
        if (this.#isCrashing) throw new Error('of the processor')
        return super.process(...given)
      }
    },
  )
