import type { LivegateError } from '@livegate/core'
import { mustBe, refuseOthers } from '@livegate/core/session'
import { type Capture, microphoneLost, openCapture } from './capture.ts'
import { endWorklet } from './end-worklet.ts'
import { keepRunning } from './keep-running.ts'
import { newListeners } from './listeners.ts'
import { workletCrashed } from './load-worklet.ts'
import { rootMeanSquare } from './root-mean-square.ts'

/**
 * - `live`: frames arrive, in this state only;
 * - `blocked`: the browser waits for a gesture of the user;
 * - `paused`: the platform has muted it, as iOS does while the page is hidden or a call comes in; it goes on by itself;
 * - `lost`: the device is gone or no longer allowed, or the worklet has crashed; it goes on by itself with another device, or when this
 *   one is back or allowed again. After a crash within two seconds of frames, and in browsers that do not tell pages what is allowed, it
 *   waits until devices change or the page is visible again.
 */
export type MicrophoneState = 'live' | 'blocked' | 'paused' | 'lost' | 'closed'

/** The options of {@link openMicrophone}. All are optional. */
export interface MicrophoneOptions {
  /** Milliseconds in a frame: 20, the default, or 40. */
  readonly frameMs?: 20 | 40 | undefined
  /** The device, by its id from `enumerateDevices`. Default: the user's choice. */
  readonly deviceId?: string | undefined
  /** Removes the speaker's sound from the microphone's. Default `true`: without it the model hears and interrupts itself. */
  readonly echoCancellation?: boolean | undefined
  /** Default `true`. */
  readonly noiseSuppression?: boolean | undefined
  /** Default `true`. */
  readonly autoGainControl?: boolean | undefined
  /** The address of this package's worklet.js. Default: beside the module, where bundlers put it. */
  readonly workletUrl?: string | URL | undefined
}

/** An open microphone. */
export interface Microphone {
  readonly state: MicrophoneState
  /** The root mean square of the last frame, from 0 to 1. */
  readonly level: number
  /** The device's name for users. */
  readonly label: string
  /** While `true`, frames of silence are delivered, so that the server's sense of time stays right. */
  muted: boolean
  /**
   * Switches to another device; of several calls the last one wins, and one before it that still waits for its turn resolves without a
   * switch. If it fails, the current device stays. Rejects with the errors of {@link openMicrophone}, or with `closed`.
   */
  useDevice(deviceId: string): Promise<void>
  /** Calls the listener with each frame: 16-bit samples, mono, at 16 kHz. The listener must not change the frame. */
  onFrame(listener: (frame: Int16Array<ArrayBuffer>) => void): () => void
  /** Calls the listener when the state changes; for `lost` with an error that says what happened and what to do. */
  onStateChange(listener: (state: MicrophoneState, error?: LivegateError) => void): () => void
  /** Releases the device. */
  close(): void
}

/** How many milliseconds of frames a worklet must have delivered before it crashed to be opened again at once. */
const steadyMs = 2000

/** What the user allows, asked once: Chromium keeps each answer for as long as the page. */
let permission: Promise<PermissionStatus> | undefined

/**
 * Opens the microphone. Call it in a click handler, so that the browser lets it start.
 *
 * @throws {LivegateError} `microphone-denied`, `microphone-missing`, `microphone-busy`, `microphone-lost`, `unsupported-platform`,
 * `worklet-failed` or `invalid-options`; the message says what to do.
 */
export async function openMicrophone({
  frameMs = 20,
  workletUrl,
  echoCancellation = true,
  noiseSuppression = true,
  autoGainControl = true,
  deviceId,
  ...others
}: MicrophoneOptions = {}): Promise<Microphone> {
  refuseOthers('', others)
  mustBe(frameMs === 20 || frameMs === 40, 'frameMs', '20 or 40', frameMs)
  let isMuted = false
  const closing = new AbortController()
  const { signal } = closing
  /** Pending while another device is being opened. */
  let changing: Promise<void> | undefined
  /** Whether devices came or went meanwhile. */
  let hasChanged = false
  /** How often the caller has chosen a device. */
  let choices = 0
  let level = 0
  const frames = newListeners<[Int16Array<ArrayBuffer>]>()
  const states = newListeners<[MicrophoneState, LivegateError?]>()

  const capture = (id: ConstrainDOMString | undefined): Promise<Capture> =>
    openCapture(
      {
        channelCount: 1,
        echoCancellation,
        noiseSuppression,
        autoGainControl,
        deviceId: id as ConstrainDOMString,
      },
      frameMs,
      workletUrl,
    )

  let current = await capture(deviceId && { exact: deviceId })
  let release = attach(current)

  function attach({ track, context, source, node }: Capture): () => void {
    let heard = 0
    track.enabled = !isMuted
    track.onended = () => lose()
    track.onmute = track.onunmute = () => report()
    node.onprocessorerror = () => {
      // A crashed processor does not report its end.
      void context.close()
      // One that crashed soon would crash again and again.
      lose(workletCrashed(), heard * frameMs >= steadyMs)
    }
    node.port.onmessage = ({ data }: MessageEvent<Int16Array<ArrayBuffer>>) => {
      heard++
      if (stateNow() !== 'live') return
      if (isMuted) data.fill(0)
      level = rootMeanSquare(data) / 32_768
      frames.emit(data)
    }
    const stop = keepRunning(context, (isVisibleAgain) => {
      // A track that iOS has muted does not always come back by itself.
      if (isVisibleAgain && (track.muted || track.readyState === 'ended')) void reopen()
      report()
    })
    return () => {
      track.onended = track.onmute = track.onunmute = node.onprocessorerror = null
      track.stop()
      stop()
      // Disconnect first: a node with a live source is kept, too.
      source.disconnect()
      endWorklet(node)
    }
  }

  function stateNow(): MicrophoneState {
    const { track, context } = current
    if (signal.aborted) return 'closed'
    if (track.readyState === 'ended') return 'lost'
    if (track.muted) return 'paused'
    if (context.state === 'running') return 'live'
    return context.state === 'suspended' ? 'blocked' : 'paused'
  }
  let reported = stateNow()
  function report(error?: LivegateError): void {
    const state = stateNow()
    // While it is lost, each search that fails is news; otherwise it goes on, or is closed.
    if (state === reported && !(error && state === 'lost')) return
    reported = state
    if (state !== 'live') level = 0
    states.emit(state, error)
  }

  function change(id: ConstrainDOMString | undefined): Promise<void> {
    changing = replace(id).finally(() => {
      changing = undefined
      if (hasChanged) void onDeviceChange()
    })
    return changing
  }
  async function replace(id: ConstrainDOMString | undefined): Promise<void> {
    const next = await capture(id)
    release()
    current = next
    release = attach(next)
    if (signal.aborted) release()
    report()
  }
  function lose(error = microphoneLost(), again = true): void {
    current.track.stop()
    report(error)
    if (again) void reopen()
  }
  /** Opens the wanted device if it is there, else another; tries once more if that one is lost while it is opened. */
  async function reopen(isLast = false): Promise<void> {
    hasChanged = !!changing
    if (hasChanged || signal.aborted) return
    await change(deviceId && { ideal: deviceId }).catch((error) => {
      report(error)
      if (error.code === 'microphone-lost' && !isLast && !changing) void reopen(true)
    })
  }

  const mustBeOpen = (): void => mustBe(!signal.aborted, 'microphone', 'open', 'closed', 'closed')
  const { mediaDevices, permissions } = navigator
  const onDeviceChange = async (): Promise<void> => {
    hasChanged = !!changing
    if (stateNow() === 'lost') return reopen()
    const devices = await mediaDevices.enumerateDevices()
    const isThere = (id: string): boolean => devices.some((device) => device.deviceId === id)
    const { deviceId: own = '' } = current.track.getSettings()
    if (signal.aborted) return
    // WebKit goes on with silence, and does not end the track.
    if (own && !isThere(own)) lose()
    else if (deviceId && own !== deviceId && isThere(deviceId) && !changing) {
      // Only `exact` makes Chromium leave the device that is open.
      await change({ exact: deviceId }).catch(report)
    }
  }
  mediaDevices.addEventListener('devicechange', onDeviceChange, { signal })
  // No device comes when the user allows this one again. Some browsers cannot be asked.
  permission ??= permissions?.query({ name: 'microphone' })
  permission?.then(
    (status) => {
      status.addEventListener(
        'change',
        () => {
          if (status.state === 'granted' && stateNow() === 'lost') void reopen()
        },
        { signal },
      )
    },
    () => {},
  )

  return {
    get state() {
      return stateNow()
    },
    get level() {
      return level
    },
    get label() {
      return current.track.label
    },
    get muted() {
      return isMuted
    },
    set muted(muted) {
      isMuted = muted
      current.track.enabled = !muted
    },
    async useDevice(id) {
      const choice = ++choices
      while (changing) await changing.catch(() => {})
      mustBeOpen()
      if (choice !== choices) return
      await change({ exact: id })
      deviceId = id
      mustBeOpen()
    },
    onFrame: frames.add,
    onStateChange: states.add,
    close() {
      if (signal.aborted) return
      closing.abort()
      release()
      report()
    },
  }
}
