/** What {@link watchPlatform} puts into a page: what the page asks of the platform, and how the platform answers. */
interface WatchedPlatform {
  /** Each track that was opened, in order. */
  readonly tracks: MediaStreamTrack[]
  readonly sockets: WebSocket[]
  readonly streams: EventSource[]
  /** The messages that were posted to worklets. */
  readonly posted: unknown[]
  /** The microphone is given when this is resolved. */
  asks: Promise<void>
  /** Resolves {@link asks}. */
  allow: () => void
  /** The name of the error that the microphone is refused with. */
  refuseWith: string | undefined
}

declare global {
  var watched: WatchedPlatform
}

/** Runs in the page. */
export function watchPlatform(): void {
  const { mediaDevices } = navigator
  const open = mediaDevices.getUserMedia.bind(mediaDevices)
  globalThis.watched = {
    tracks: [],
    sockets: [],
    streams: [],
    posted: [],
    asks: Promise.resolve(),
    allow: () => {},
    refuseWith: undefined,
  }
  mediaDevices.getUserMedia = async (constraints) => {
    if (watched.refuseWith) throw new DOMException('', watched.refuseWith)
    await watched.asks
    const stream = await open(constraints)
    watched.tracks.push(...stream.getTracks())
    return stream
  }
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      super(url)
      watched.sockets.push(this)
    }
  }
  globalThis.EventSource = class extends EventSource {
    constructor(url: string | URL) {
      super(url)
      watched.streams.push(this)
    }
  }
  const { postMessage } = MessagePort.prototype
  MessagePort.prototype.postMessage = function (message: unknown, options?: object) {
    watched.posted.push(message)
    postMessage.call(this, message, options)
  }
}
