// Runs in a worklet before worklet.js: its processors then say when they have done what the page told them.
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
