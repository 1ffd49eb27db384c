/** What {@link steerDevices} puts into a page, for tests to be the platform. */
export interface Steered {
  /** Each track that was opened, in order. */
  readonly tracks: MediaStreamTrack[]
  /** The name of the error that the next requests are refused with. */
  refuseWith: string | undefined
  /** The device that is given whatever is asked for. */
  takeInstead: string | undefined
  /** Ends the track that was opened last. */
  readonly unplug: () => void
  readonly muteTrack: (isMuted: boolean) => void
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

/** Runs in the page: a context hears only a device of its own rate, as in Firefox. The fake device has 48 kHz. */
export function refuseOtherRates(): void {
  const { createMediaStreamSource } = AudioContext.prototype
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    if (this.sampleRate === 16_000) throw new DOMException('', 'NotSupportedError')
    return createMediaStreamSource.call(this, stream)
  }
}
