// Sends its input to the page as it arrives.
registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    process([[channel] = []]) {
      if (channel) this.port.postMessage(channel.slice())
      return true
    }
  },
)
