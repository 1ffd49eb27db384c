/** What {@link steerDevices} puts into a page, so that a test can play the platform. */
interface Steered {
  /** Each track that was opened, in order. */
  readonly tracks: MediaStreamTrack[]
  /** The name of the error that the next requests are refused with. */
  refuseWith: string | undefined
  /** The device that is opened, whichever is asked for. */
  takeInstead: string | undefined
  /** Ends the track that was opened last. */
  readonly unplug: () => void
  readonly muteTrack: (isMuted: boolean) => void
  /** The contexts that have captured a device, in order. */
  readonly contexts: AudioContext[]
  readonly showPage: (isShown: boolean) => void
}

declare global {
  var steered: Steered
}

/** Runs in the page. */
export function steerDevices(): void {
  const { mediaDevices } = navigator
  const open = mediaDevices.getUserMedia.bind(mediaDevices)
  globalThis.steered = {
    tracks: [],
    contexts: [],
    refuseWith: undefined,
    takeInstead: undefined,
    unplug() {
      const track = steered.tracks.at(-1)
      track?.stop()
      track?.dispatchEvent(new Event('ended'))
    },
    muteTrack(isMuted) {
      const track = steered.tracks.at(-1) as MediaStreamTrack
      Object.defineProperty(track, 'muted', { value: isMuted, configurable: true })
      track.dispatchEvent(new Event(isMuted ? 'mute' : 'unmute'))
    },
    showPage(isShown) {
      Object.defineProperty(document, 'hidden', { value: !isShown, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    },
  }
  const { createMediaStreamSource } = AudioContext.prototype
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    steered.contexts.push(this)
    return createMediaStreamSource.call(this, stream)
  }
  mediaDevices.getUserMedia = async ({ audio } = {}) => {
    const { refuseWith, takeInstead } = steered
    if (refuseWith) throw new DOMException('', refuseWith)
    const stream = await open({
      audio: takeInstead ? { deviceId: { exact: takeInstead } } : (audio ?? false),
    })
    steered.tracks.push(...stream.getAudioTracks())
    return stream
  }
}

/** Runs in the page: a context captures only a device of its own rate, as in Firefox. The fake device has 48 kHz. */
export function refuseOtherRates(): void {
  const { createMediaStreamSource } = AudioContext.prototype
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    if (this.sampleRate === 16_000) throw new DOMException('', 'NotSupportedError')
    return createMediaStreamSource.call(this, stream)
  }
}

/** Runs in the page: the browser does not name the device's rate. */
export function tellNoRate(): void {
  const { getSettings } = MediaStreamTrack.prototype
  MediaStreamTrack.prototype.getSettings = function () {
    const { sampleRate: _, ...settings } = getSettings.call(this)
    return settings
  }
}

declare global {
  /** What {@link recordDevice} has recorded: the samples that the platform delivered, and their rate. */
  var given: { readonly samples: number[]; rate: number }
}

/** Runs in the page: records what the platform delivers, to compare with what the package makes of it. */
export function recordDevice(): void {
  const { createMediaStreamSource } = AudioContext.prototype
  globalThis.given = { samples: [], rate: 0 }
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    const source = createMediaStreamSource.call(this, stream)
    given.rate = this.sampleRate
    void this.audioWorklet.addModule('/recorder.js').then(() => {
      const recorder = new AudioWorkletNode(this, 'recorder')
      recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => given.samples.push(...data)
      source.connect(recorder).connect(this.destination)
    })
    return source
  }
}
