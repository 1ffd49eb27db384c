/** The platform's resources that are open, and that the package has to close. */
interface Ledger {
  /** Each open resource with its kind. Closed ones are removed, so that they can be collected. */
  readonly open: Map<unknown, string>
  /** Waits for a timer that is not in the ledger. */
  readonly tick: () => Promise<void>
}

declare global {
  var ledger: Ledger
}

/**
 * Runs in the page: records what is opened from now on, until it is closed. Microphones get clones of one stream, because Chromium keeps
 * each stream of `getUserMedia` for 8 s.
 */
export async function keepLedger(): Promise<void> {
  const open = new Map<unknown, string>()
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
  const { mediaDevices } = navigator
  const device = await mediaDevices.getUserMedia({ audio: true })
  const { stop } = MediaStreamTrack.prototype
  const { close } = MessagePort.prototype
  globalThis.ledger = { open, tick: () => new Promise((resolve) => setTimeout(resolve)) }

  Object.assign(globalThis, {
    setTimeout(wake: () => void, delayMs?: number): number {
      const timer = setTimeout(() => {
        open.delete(timer)
        wake()
      }, delayMs)
      open.set(timer, 'timer')
      return Number(timer)
    },
    setInterval(wake: () => void, delayMs?: number): number {
      const timer = setInterval(wake, delayMs)
      open.set(timer, 'timer')
      return Number(timer)
    },
    clearTimeout(timer: number): void {
      open.delete(timer)
      clearTimeout(timer)
    },
    clearInterval(timer: number): void {
      open.delete(timer)
      clearInterval(timer)
    },
    AudioContext: class extends AudioContext {
      constructor(options?: AudioContextOptions) {
        super(options)
        open.set(this, 'AudioContext')
      }
      override close(): Promise<void> {
        open.delete(this)
        return super.close()
      }
    },
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        super(url)
        open.set(this, 'WebSocket')
        this.addEventListener('close', () => open.delete(this))
      }
    },
    AudioWorkletNode: class extends AudioWorkletNode {
      constructor(context: BaseAudioContext, name: string, options?: AudioWorkletNodeOptions) {
        super(context, name, options)
        open.set(this.port, 'MessagePort')
      }
    },
  })
  mediaDevices.getUserMedia = async () => {
    const stream = device.clone()
    for (const track of stream.getTracks()) open.set(track, 'MediaStreamTrack')
    return stream
  }
  MediaStreamTrack.prototype.stop = function () {
    open.delete(this)
    stop.call(this)
  }
  MessagePort.prototype.close = function () {
    open.delete(this)
    close.call(this)
  }
}
