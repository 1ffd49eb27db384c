// Tells the page all that comes to it, as it comes.
registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    process([[channel] = []]) {
      if (channel) this.port.postMessage(channel.slice())
      return true
    }
  },
)
