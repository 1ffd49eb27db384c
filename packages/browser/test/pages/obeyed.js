// Runs in a worklet before worklet.js, and makes its processors report when they have carried out a command.
const register = globalThis.registerProcessor
globalThis.registerProcessor = (name, Processor) =>
  register(
    name,
    class extends Processor {
      constructor(options) {
        super(options)
        const { port } = this
        const { onmessage } = port
        port.onmessage = (event) => {
          onmessage?.call(port, event)
          port.postMessage({ type: 'obeyed' })
        }
      }
    },
  )
