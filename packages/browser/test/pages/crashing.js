// Runs in a worklet before worklet.js, and makes its processors throw on command.
const register = globalThis.registerProcessor
globalThis.registerProcessor = (name, Processor) =>
  register(
    name,
    class extends Processor {
      #isCrashing = false

      constructor(options) {
        super(options)
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
