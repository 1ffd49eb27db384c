import { needChromium } from '@livegate/chromium'
import { beforeEach, describe, expect, it } from 'vitest'
import { Resampler } from '../../src/worklet/resampler.ts'
import { align } from '../alignment.ts'
import { longSpeech } from '../speech.ts'
import { closeBrowsers, openPage, wavFile } from './chromium.ts'
import { keepLedger } from './ledger.ts'
import { recordDevice, refuseOtherRates, steerDevices, tellNoRate } from './steered-devices.ts'
import { letWorkletsCrash } from './steered-worklets.ts'

beforeEach(needChromium)
closeBrowsers()

const noProcessing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }

describe('what the microphone hears', () => {
  // On a busy machine the browser loses some of the device's sound: measure.ts measures that, and this test does not assert it.
  it.each([
    ['as the platform resamples it', () => {}, 16_000, 0.999],
    // The recorder may start between two samples of 16 kHz.
    ['resampled by the worklet where the platform refuses', refuseOtherRates, undefined, 0.95],
    [
      'resampled by the worklet where nothing is said of the rate, as in Firefox',
      tellNoRate,
      undefined,
      0.95,
    ],
  ])('is what the platform gives, without gap or repeat, %s', async (_, prepare, rate, alike) => {
    const page = await openPage({ speech: wavFile(longSpeech(5), 48_000) })
    await page.evaluate(recordDevice)
    await page.evaluate(prepare)
    const { heard, given } = await page.evaluate(async (options) => {
      const microphone = await livegate.openMicrophone(options)
      const heard: number[] = []
      await new Promise<void>((resolve) => {
        microphone.onFrame((frame) => {
          heard.push(...frame)
          if (heard.length >= 16_000 * 4) resolve()
        })
      })
      microphone.close()
      return { heard, given: globalThis.given }
    }, noProcessing)
    if (rate) expect(given.rate).toBe(rate)
    else expect(given.rate).not.toBe(16_000)
    const expected = new Resampler(given.rate, 16_000).process(Float32Array.from(given.samples))
    const { spreadMs, leastCorrelation, windows } = align(
      given.rate === 16_000 ? Float32Array.from(given.samples) : expected,
      Float32Array.from(heard, (sample) => sample / 32_768),
      16_000,
    )
    expect(windows.length).toBeGreaterThan(10)
    expect(spreadMs).toBe(0)
    expect(leastCorrelation).toBeGreaterThan(alike)
  })

  it.each([
    [20, 320],
    [40, 640],
  ] as const)('comes in frames of %i ms, %i samples each', async (frameMs, length) => {
    const page = await openPage()
    const lengths = await page.evaluate(async (frameMs) => {
      const microphone = await livegate.openMicrophone({ frameMs })
      const seen: number[] = []
      await new Promise<void>((resolve) => {
        microphone.onFrame((frame) => {
          if (seen.push(frame.length) === 10) resolve()
        })
      })
      microphone.close()
      return seen
    }, frameMs)
    expect(lengths).toEqual(new Array(10).fill(length))
  })

  it('is silence while it is muted, in as many frames', async () => {
    const page = await openPage()
    const loudness = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const loudest: number[] = []
      // The fake device beeps once a second.
      const until = (frames: number): Promise<void> =>
        new Promise((resolve) => {
          const end = microphone.onFrame((frame) => {
            loudest.push(frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0))
            if (loudest.length < frames) return
            end()
            resolve()
          })
        })
      await until(75)
      microphone.muted = true
      const { muted } = microphone
      await until(150)
      const level = microphone.level
      microphone.muted = false
      await until(225)
      microphone.close()
      const parts = [0, 75, 150].map((start) => Math.max(...loudest.slice(start, start + 75)))
      return { heard: parts.map((most) => most > 0), muted, level }
    })
    expect(loudness).toEqual({ heard: [true, false, true], muted: true, level: 0 })
  })

  it('is silence at once when muted, also in frames on their way; and the track is disabled', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      microphone.muted = true
      const enabled = [steered.tracks[0]?.enabled]
      // As if the platform ignored it.
      for (const track of steered.tracks) track.enabled = true
      const loudest: number[] = []
      await new Promise<void>((resolve) => {
        microphone.onFrame((frame) => {
          if (loudest.push(Math.max(...frame)) === 75) resolve()
        })
      })
      const [, other] = await navigator.mediaDevices.enumerateDevices()
      await microphone.useDevice(other?.deviceId ?? '')
      enabled.push(steered.tracks[1]?.enabled)
      microphone.close()
      return { enabled, loudest: Math.max(...loudest) }
    })
    expect(told).toEqual({ enabled: [false, false], loudest: 0 })
  })

  it('has a level', async () => {
    const page = await openPage()
    const levels = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const before = microphone.level
      const agree = await new Promise((resolve) => {
        microphone.onFrame((frame) => {
          const square = frame.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / frame.length
          if (square > 0) resolve(Math.abs(microphone.level - Math.sqrt(square)) < 1e-6)
        })
      })
      microphone.close()
      return { before, agree, after: microphone.level }
    })
    expect(levels).toEqual({ before: 0, agree: true, after: 0 })
  })

  it('reaches the other listeners of one that throws', async () => {
    const page = await openPage()
    const told = await page.evaluate(async () => {
      const reported = new Promise((resolve) => {
        addEventListener('error', (event) => {
          event.preventDefault()
          resolve(event.error.message)
        })
      })
      const microphone = await livegate.openMicrophone()
      microphone.onFrame(() => {
        throw new Error('of the listener')
      })
      const heard = await new Promise((resolve) => microphone.onFrame((frame) => resolve(frame.length)))
      microphone.close()
      return [await reported, heard]
    })
    expect(told).toEqual(['of the listener', 320])
  })
})

describe('a microphone that cannot be opened', () => {
  const refused = async (options: object): Promise<unknown> =>
    livegate.openMicrophone(options).then(
      () => 'opened',
      (error) => ({ code: error.code, message: error.message, cause: error.cause?.name }),
    )

  it.each([
    [
      'is not allowed',
      { allowed: false },
      {},
      {
        code: 'microphone-denied',
        message:
          'microphone must be allowed: have the user allow it in the site settings, then open it again; got "NotAllowedError"',
        cause: 'NotAllowedError',
      },
    ],
    [
      'is not there',
      { microphone: false },
      {},
      {
        code: 'microphone-missing',
        message:
          'microphone must be connected: have the user plug one in, then open it again; got "NotFoundError"',
        cause: 'NotFoundError',
      },
    ],
    [
      'is not the one that was asked for',
      {},
      { deviceId: 'gone' },
      {
        code: 'microphone-missing',
        message:
          'microphone must be connected: leave deviceId out to take another; got "OverconstrainedError"',
        cause: 'OverconstrainedError',
      },
    ],
    [
      'has frames of a length that servers advise against',
      {},
      { frameMs: 100 },
      { code: 'invalid-options', message: 'frameMs must be 20 or 40; got "100"', cause: undefined },
    ],
    [
      'has an option that is misspelt',
      {},
      { frameMS: 40 },
      {
        code: 'invalid-options',
        message: 'frameMS must be left out: there is no such option here; got "number"',
        cause: undefined,
      },
    ],
    [
      'has its worklet elsewhere',
      {},
      { workletUrl: '/elsewhere.js' },
      {
        code: 'worklet-failed',
        message:
          'workletUrl must be the address of @livegate/browser/worklet.js, which script-src allows (it was /elsewhere.js); got "AbortError"',
        cause: 'AbortError',
      },
    ],
    [
      'has its worklet where the policy does not allow it',
      {},
      { workletUrl: 'data:text/javascript,' },
      {
        code: 'worklet-failed',
        message:
          'workletUrl must be the address of @livegate/browser/worklet.js, which script-src allows (it was data:text/javascript,); got "AbortError"',
        cause: 'AbortError',
      },
    ],
  ])('because it %s says so at once', async (_, pageOptions, options, error) => {
    const page = await openPage(pageOptions)
    expect(await page.evaluate(refused, options)).toEqual(error)
  })

  it('because its worklet crashes when it is made; and closes what it opened', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    await page.evaluate(letWorkletsCrash, 'in constructor' as const)
    expect(await page.evaluate(refused, {})).toMatchObject({ code: 'worklet-failed' })
    await expect.poll(() => page.evaluate(() => [...ledger.open.values()])).toEqual([])
  })

  it('because the device went while the worklet was loading; and ends the worklet', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    await page.evaluate(steerDevices)
    const code = await page.evaluate(async () => {
      const { addModule } = AudioWorklet.prototype
      AudioWorklet.prototype.addModule = async function (...given) {
        await addModule.apply(this, given)
        steered.unplug()
      }
      return livegate.openMicrophone().catch((error) => error.code)
    })
    expect(code).toBe('microphone-lost')
    await expect.poll(() => page.evaluate(() => [...ledger.open.values()])).toEqual([])
  })

  it('releases the device', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    await page.evaluate(refused, { workletUrl: '/elsewhere.js' })
    expect(await page.evaluate(() => steered.tracks.map((track) => track.readyState))).toEqual(['ended'])
  })

  it('closes each context that cannot capture it, once', async () => {
    const page = await openPage()
    const told = await page.evaluate(async () => {
      const opened: number[] = []
      const closed: number[] = []
      const { close } = AudioContext.prototype
      const contexts: AudioContext[] = []
      AudioContext.prototype.createMediaStreamSource = function () {
        opened.push(contexts.push(this))
        throw new DOMException('', 'NotSupportedError')
      }
      AudioContext.prototype.close = function () {
        closed.push(contexts.indexOf(this) + 1)
        return close.call(this)
      }
      const code = await livegate.openMicrophone().catch((error) => error.code)
      return { code, opened, closed }
    })
    expect(told).toEqual({ code: 'unsupported-platform', opened: [1, 2, 3], closed: [1, 2, 3] })
  })

  it.each([
    ['NotReadableError', 'microphone-busy'],
    ['AbortError', 'microphone-busy'],
    ['SecurityError', 'unsupported-platform'],
  ])('because of a %s: %s', async (name, code) => {
    const page = await openPage()
    const error = await page.evaluate(async (name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name))
      return livegate.openMicrophone().catch((error) => error.code)
    }, name)
    expect(error).toBe(code)
  })

  it('because the page is not served securely', async () => {
    const page = await openPage()
    const code = await page.evaluate(() => {
      Object.defineProperty(navigator, 'mediaDevices', { value: undefined })
      return livegate.openMicrophone().catch((error) => error.code)
    })
    expect(code).toBe('unsupported-platform')
  })
})

const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

describe('a microphone asks the browser', () => {
  it.each([
    ['to process the sound, by default', {}, processing],
    ['to do as the options say', noProcessing, noProcessing],
    [
      'for the device of the options only',
      { deviceId: 'default' },
      { ...processing, deviceId: { exact: 'default' } },
    ],
  ])('%s', async (_, options, constraints) => {
    const page = await openPage()
    const asked = await page.evaluate(async (options) => {
      const { mediaDevices } = navigator
      const { getUserMedia } = mediaDevices
      const asked: unknown[] = []
      mediaDevices.getUserMedia = (constraints) => {
        asked.push(constraints)
        return getUserMedia.call(mediaDevices, constraints)
      }
      const microphone = await livegate.openMicrophone(options)
      microphone.close()
      return asked
    }, options)
    expect(asked).toEqual([{ audio: { channelCount: 1, ...constraints } }])
  })
})

/** The states that are reported when the only device goes and another comes later, until the microphone is closed. */
const foundInTheEnd = [
  ['lost', 'microphone-lost'],
  ['lost', 'microphone-missing'],
  ['live', undefined],
  ['closed', undefined],
]

describe('a microphone whose device changes', () => {
  it('closes the port of the worklet of the previous device, and the last one when it is closed', async () => {
    const page = await openPage()
    const closed = await page.evaluate(async () => {
      const { close } = MessagePort.prototype
      const ports: MessagePort[] = []
      MessagePort.prototype.close = function () {
        ports.push(this)
        close.call(this)
      }
      const until = async (count: number): Promise<void> => {
        while (ports.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const microphone = await livegate.openMicrophone()
      const before = ports.length
      await microphone.useDevice('default')
      await until(1)
      microphone.close()
      await until(2)
      return [before, ports.length, new Set(ports).size]
    })
    expect(closed).toEqual([0, 2, 2])
  })

  it('is unplugged: takes another, and goes on', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const { unplug, tracks } = steered
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      microphone.onStateChange((state, error) => states.push([state, error?.code]))
      unplug()
      await new Promise((resolve) => microphone.onFrame(resolve))
      const { state } = microphone
      microphone.close()
      return { states, state, tracks: tracks.map((track) => track.readyState) }
    })
    expect(told).toEqual({
      states: [
        ['lost', 'microphone-lost'],
        ['live', undefined],
        ['closed', undefined],
      ],
      state: 'live',
      tracks: ['ended', 'ended'],
    })
  })

  it('is unplugged without another there: says so, and goes on when one is plugged in', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      const lost = new Promise<void>((resolve) => {
        microphone.onStateChange((state, error) => {
          if (states.push([state, error?.code]) === 2) resolve()
        })
      })
      steered.refuseWith = 'NotFoundError'
      steered.unplug()
      await lost
      steered.refuseWith = undefined
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
      await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.close()
      return states
    })
    expect(told).toEqual(foundInTheEnd)
  })

  it('is plugged in again while a search for another fails: searches once more', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const { mediaDevices } = navigator
      const { getUserMedia } = mediaDevices
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      microphone.onStateChange((state, error) => states.push([state, error?.code]))
      let refuse = (): void => {}
      mediaDevices.getUserMedia = () =>
        new Promise((_, reject) => {
          mediaDevices.getUserMedia = getUserMedia
          refuse = () => reject(new DOMException('', 'NotFoundError'))
        })
      steered.unplug()
      mediaDevices.dispatchEvent(new Event('devicechange'))
      refuse()
      await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.close()
      return states
    })
    expect(told).toEqual(foundInTheEnd)
  })

  it.each([
    ['and the platform says so', true],
    ['without a word', false],
  ])('is unplugged, and so is the next while it is opened, %s: takes a third', async (_, isTold) => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async (isTold) => {
      const { mediaDevices } = navigator
      const { getUserMedia } = mediaDevices
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      microphone.onStateChange((state, error) => states.push([state, error?.code]))
      mediaDevices.getUserMedia = async (constraints) => {
        mediaDevices.getUserMedia = getUserMedia
        const stream = await getUserMedia(constraints)
        for (const track of stream.getTracks()) track.stop()
        if (isTold) mediaDevices.dispatchEvent(new Event('devicechange'))
        return stream
      }
      steered.unplug()
      await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.close()
      return { states, tracks: steered.tracks.map((track) => track.readyState) }
    }, isTold)
    expect(told).toEqual({
      states: [
        ['lost', 'microphone-lost'],
        ['lost', 'microphone-lost'],
        ['live', undefined],
        ['closed', undefined],
      ],
      tracks: ['ended', 'ended', 'ended'],
    })
  })

  it.each([
    ['and the platform says so once', true, 3],
    ['without a word', false, 2],
  ])(
    'is unplugged, and so is every other while it is opened, %s: gives up until devices change',
    async (_, isTold, attempts) => {
      const page = await openPage()
      await page.evaluate(steerDevices)
      const told = await page.evaluate(
        async ([isTold, attempts]) => {
          const { mediaDevices } = navigator
          const { getUserMedia } = mediaDevices
          const microphone = await livegate.openMicrophone()
          let asked = 0
          let toldLost = 0
          const given = new Promise<number>((resolve) => {
            microphone.onStateChange((state) => {
              if (state === 'lost' && ++toldLost > attempts) resolve(asked)
            })
          })
          mediaDevices.getUserMedia = async (constraints) => {
            const isFirst = ++asked === 1
            const stream = await getUserMedia(constraints)
            for (const track of stream.getTracks()) track.stop()
            if (isTold && isFirst) mediaDevices.dispatchEvent(new Event('devicechange'))
            return stream
          }
          steered.unplug()
          const askedInVain = await given
          mediaDevices.getUserMedia = getUserMedia
          mediaDevices.dispatchEvent(new Event('devicechange'))
          await new Promise((resolve) => microphone.onFrame(resolve))
          microphone.close()
          return askedInVain
        },
        [isTold, attempts] as const,
      )
      expect(told).toBe(attempts)
    },
  )

  it('is changed by choice, and stays what it was if the chosen one is missing', async () => {
    const page = await openPage()
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const before = microphone.label
      const devices = (await navigator.mediaDevices.enumerateDevices()).filter(
        ({ kind, label }) => kind === 'audioinput' && label !== before,
      )
      const [other] = devices
      await microphone.useDevice(other?.deviceId ?? '')
      await new Promise((resolve) => microphone.onFrame(resolve))
      const after = microphone.label
      const refusal = await microphone.useDevice('gone').catch((error) => error.code)
      await new Promise((resolve) => microphone.onFrame(resolve))
      const label = microphone.label
      microphone.close()
      return { changed: after === other?.label && after !== before, refusal, stays: label === after }
    })
    expect(told).toEqual({ changed: true, refusal: 'microphone-missing', stays: true })
  })

  it.each([
    ['opened', false],
    ['chosen later', true],
  ])('is away for a while: is taken again when it is back, if it was %s', async (_, isLater) => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const labels = await page.evaluate(async (isLater) => {
      await (await livegate.openMicrophone()).close()
      const devices = (await navigator.mediaDevices.enumerateDevices()).filter(
        ({ kind }) => kind === 'audioinput',
      )
      const [first, , wanted] = devices
      const deviceId = wanted?.deviceId ?? ''
      const microphone = await livegate.openMicrophone(isLater ? {} : { deviceId })
      if (isLater) await microphone.useDevice(deviceId)
      const seen = [microphone.label === wanted?.label]
      steered.takeInstead = first?.deviceId
      steered.unplug()
      await new Promise((resolve) => microphone.onFrame(resolve))
      seen.push(microphone.label === first?.label)
      steered.takeInstead = undefined
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
      while (microphone.label !== wanted?.label) await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.close()
      return seen
    }, isLater)
    expect(labels).toEqual([true, true])
  })
})

describe('a search for a device that fails', () => {
  it('is not told of a microphone that is closed meanwhile', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const states = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      microphone.onStateChange((state, error) => states.push([state, error?.code]))
      steered.refuseWith = 'NotReadableError'
      steered.unplug()
      microphone.close()
      // This waits for the search.
      await microphone.useDevice('default').catch(() => {})
      return states
    })
    expect(states).toEqual([
      ['lost', 'microphone-lost'],
      ['closed', undefined],
    ])
  })

  it('is not told of a microphone that goes on with the device that it has', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const { mediaDevices } = navigator
      await (await livegate.openMicrophone()).close()
      const devices = (await mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput')
      const [first, , wanted] = devices
      const microphone = await livegate.openMicrophone({ deviceId: wanted?.deviceId ?? '' })
      steered.takeInstead = first?.deviceId
      steered.unplug()
      await new Promise((resolve) => microphone.onFrame(resolve))
      const states: unknown[] = []
      microphone.onStateChange((state, error) => states.push([state, error?.code]))
      const asked = new Promise<void>((resolve) => {
        mediaDevices.getUserMedia = async () => {
          resolve()
          throw new DOMException('', 'NotReadableError')
        }
      })
      mediaDevices.dispatchEvent(new Event('devicechange'))
      await asked
      // This waits for the search.
      const code = await microphone.useDevice('default').catch((error) => error.code)
      const { state } = microphone
      microphone.close()
      return { code, state, states }
    })
    expect(told).toEqual({ code: 'microphone-busy', state: 'live', states: [['closed', undefined]] })
  })
})

describe('a microphone whose device is being changed', () => {
  it('ends with the device that was chosen last, even if the one before is slower', async () => {
    const page = await openPage()
    const isLast = await page.evaluate(async () => {
      const { mediaDevices } = navigator
      const microphone = await livegate.openMicrophone()
      const devices = (await mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput')
      const [first, last] = devices.filter(({ label }) => label !== microphone.label)
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices)
      let asked = 0
      let give = (): void => {}
      const given = new Promise<void>((resolve) => {
        give = resolve
      })
      mediaDevices.getUserMedia = async (constraints) => {
        if (++asked === 1) await given
        return getUserMedia(constraints)
      }
      const changes = [first, last].map((device) => microphone.useDevice(device?.deviceId ?? ''))
      let frames = 0
      const whileFirstWaits = new Promise<void>((resolve) => {
        microphone.onFrame(() => ++frames === 20 && resolve())
      })
      await Promise.race([changes[1], whileFirstWaits])
      give()
      await Promise.all(changes)
      const { label } = microphone
      microphone.close()
      return label === last?.label
    })
    expect(isLast).toBe(true)
  })

  it('ends with the device that was chosen last, even if one that was chosen earlier still waits for its turn', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const devices = (await navigator.mediaDevices.enumerateDevices()).filter(
        ({ kind }) => kind === 'audioinput',
      )
      const [first = '', second = '', third = ''] = devices.map(({ deviceId }) => deviceId)
      await Promise.all([
        microphone.useDevice(first).then(() => microphone.useDevice(third)),
        microphone.useDevice(second),
      ])
      microphone.close()
      const ids = steered.tracks.map((track) => track.getSettings().deviceId)
      return ids.slice(1).map((id) => [first, second, third].indexOf(id as string))
    })
    expect(told).toEqual([0, 2])
  })

  it('is unplugged meanwhile, and the other is not there: takes one that is', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const states: string[] = []
      microphone.onStateChange((state) => states.push(state))
      const changing = microphone.useDevice('gone').catch((error) => error.code)
      steered.unplug()
      const code = await changing
      await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.close()
      return { code, states }
    })
    expect(told).toEqual({ code: 'microphone-missing', states: ['lost', 'live', 'closed'] })
  })

  it('takes none once it is closed, and says so', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      microphone.close()
      const code = await microphone.useDevice('default').catch((error) => error.code)
      return { code, opened: steered.tracks.length }
    })
    expect(told).toEqual({ code: 'closed', opened: 1 })
  })
})

describe('a microphone that the platform stops', () => {
  it('is paused while its track is muted, as by a call that comes in', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const states = await page.evaluate(async () => {
      const { muteTrack } = steered
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      microphone.onStateChange((state) => states.push(state))
      muteTrack(true)
      muteTrack(false)
      microphone.close()
      return states
    })
    expect(states).toEqual(['paused', 'live', 'closed'])
  })

  it('goes on when the page is visible again, after the platform interrupted all sound', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const states = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      if (microphone.state !== 'live') await new Promise((resolve) => microphone.onFrame(resolve))
      const states: unknown[] = []
      const until = (wanted: string): Promise<void> =>
        new Promise((resolve) => microphone.onStateChange((state) => state === wanted && resolve()))
      microphone.onStateChange((state) => states.push(state))
      const blocked = until('blocked')
      await steered.contexts[0]?.suspend()
      await blocked
      const live = until('live')
      steered.showPage(true)
      await live
      microphone.close()
      return { states, opened: steered.tracks.length }
    })
    expect(states).toEqual({ states: ['blocked', 'live', 'closed'], opened: 1 })
  })

  it.each(['muted', 'ended'] as const)(
    'is heard again when the page is visible again, although its track was left %s',
    async (how) => {
      const page = await openPage()
      await page.evaluate(steerDevices)
      const told = await page.evaluate(async (how) => {
        const { muteTrack, showPage, tracks } = steered
        const microphone = await livegate.openMicrophone()
        const states: unknown[] = []
        microphone.onStateChange((state) => states.push(state))
        showPage(false)
        if (how === 'muted') muteTrack(true)
        else tracks[0]?.stop()
        const frame = new Promise((resolve) => {
          microphone.onStateChange((state) => {
            if (state === 'live') microphone.onFrame(resolve)
          })
        })
        showPage(true)
        await frame
        microphone.close()
        return { states, tracks: tracks.map((track) => track.readyState) }
      }, how)
      expect(told).toEqual({
        states: [how === 'muted' ? 'paused' : 'lost', 'live', 'closed'],
        tracks: ['ended', 'ended'],
      })
    },
  )

  it.each<[when: string, asks: boolean]>([
    ['at once', true],
    ['when the page is visible again, where pages cannot ask what is allowed', false],
  ])('is lost when the user forbids it; heard again, once it is allowed, %s', async (_, asks) => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    await page.evaluate(async (asks) => {
      if (!asks) Object.assign(navigator.permissions, { query: () => Promise.reject(new TypeError()) })
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      microphone.onStateChange((state, error) => states.push([state, error?.code ?? '']))
      Object.assign(globalThis, { states, microphone })
    }, asks)
    const told = () => page.evaluate(() => (globalThis as unknown as { states: unknown }).states)
    await page.context().clearPermissions()
    const refused = [
      ['lost', 'microphone-lost'],
      ['lost', 'microphone-denied'],
    ]
    await expect.poll(told).toEqual(refused)
    await page.context().grantPermissions(['microphone'])
    if (!asks) await page.evaluate(() => steered.showPage(true))
    await expect.poll(told).toEqual([...refused, ['live', '']])
  })

  it('is closed while another device is being opened: releases that one, too, and says so', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    const told = await page.evaluate(async () => {
      const { tracks } = steered
      const microphone = await livegate.openMicrophone()
      const changing = microphone.useDevice('default')
      microphone.close()
      microphone.close()
      const code = await changing.catch((error) => error.code)
      return [code, ...tracks.map((track) => track.readyState)]
    })
    expect(told).toEqual(['closed', 'ended', 'ended'])
  })
})

describe('a microphone whose worklet crashes', () => {
  it('says so, releases the device, opens it again if it had run for 2 s, and goes on', async () => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    await page.evaluate(letWorkletsCrash, 'on command' as const)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const states: unknown[] = []
      let frames = 0
      await new Promise<void>((resolve) => {
        microphone.onFrame(() => ++frames === 100 && resolve())
      })
      const lost = new Promise<void>((resolve) => {
        microphone.onStateChange((state, error) => {
          states.push([state, error?.code, error?.message])
          if (state === 'lost') resolve()
        })
      })
      crash()
      await lost
      await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.close()
      const [context] = steered.contexts
      while (context?.state !== 'closed') await new Promise((resolve) => setTimeout(resolve, 5))
      return { states, tracks: steered.tracks.map((track) => track.readyState) }
    })
    expect(told).toEqual({
      states: [
        [
          'lost',
          'worklet-failed',
          'workletUrl must be the address of @livegate/browser/worklet.js, of the same version; then open it again; got "a crash"',
        ],
        ['live', undefined, undefined],
        ['closed', undefined, undefined],
      ],
      tracks: ['ended', 'ended'],
    })
  })

  it.each([
    ['before its first frame', 'in process'],
    ['soon after it', 'on command'],
  ] as const)('does not open it again if it crashed %s, until devices change', async (_, when) => {
    const page = await openPage()
    await page.evaluate(steerDevices)
    await page.evaluate(letWorkletsCrash, when)
    const told = await page.evaluate(async (when) => {
      const { mediaDevices } = navigator
      const { getUserMedia } = mediaDevices
      const told: unknown[] = []
      mediaDevices.getUserMedia = (constraints) => {
        told.push('asked')
        return getUserMedia(constraints)
      }
      const microphone = await livegate.openMicrophone()
      if (when === 'on command') microphone.onFrame(() => crash())
      const lost = () =>
        new Promise<void>((resolve) => {
          const end = microphone.onStateChange((state, error) => {
            if (state !== 'lost') return
            told.push(error?.code)
            end()
            resolve()
          })
        })
      await lost()
      const again = lost()
      mediaDevices.dispatchEvent(new Event('devicechange'))
      await again
      microphone.close()
      return told
    }, when)
    expect(told).toEqual(['asked', 'worklet-failed', 'asked', 'worklet-failed'])
  })
})
