import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { Resampler } from '../../src/worklet/resampler.ts'
import { voice } from '../speech.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { keepLedger } from './ledger.ts'
import { type OfflineStep, renderOffline } from './render-offline.ts'
import { letWorkletsCrash } from './steered-worklets.ts'

beforeEach(needChromium)
closeBrowsers()

/** The render quantum of Web Audio, in samples. */
const quantum = 128

/** Looks at the page from outside, because an evaluation would count as a gesture of the user. */
async function waitForTitle(page: Page, title: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  let seen = ''
  while (seen !== title) {
    seen = (await session.send('Target.getTargetInfo')).targetInfo.title
  }
}

const speech = voice.subarray(0, 24_000)
const said = Array.from(speech, (sample) => sample / 32_768)

/** Cuts speech into messages whose lengths in bytes repeat. */
function inMessages(samples: Int16Array, lengths: readonly number[], rate = 24_000): OfflineStep[] {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  const steps: OfflineStep[] = []
  for (let start = 0; start < bytes.length; ) {
    const length = lengths[steps.length % lengths.length] as number
    steps.push({ command: { type: 'play', bytes: [...bytes.subarray(start, start + length)], rate } })
    start += length
  }
  return [...steps, { command: { type: 'end-turn' } }]
}

/** Cuts the silence off both ends of a signal. */
function withoutSilence(heard: readonly number[]): readonly number[] {
  const isHeard = (sample: number): boolean => sample !== 0
  return heard.slice(heard.findIndex(isHeard), heard.findLastIndex(isHeard) + 1)
}

describe('what is heard', () => {
  it.each([
    ['100 ms each', [4800]],
    ['a second at once', [48_000]],
    ['a quantum each', [256]],
    ['cut in the middle of samples', [3, 1001, 1]],
    ['of 60 to 190 ms, as servers send them', [2881, 9120, 4799, 6000]],
  ])('is what was sent, sample by sample, in messages of %s', async (_, lengths) => {
    const page = await openPage()
    const steps = inMessages(speech, lengths)
    const { heard } = await page.evaluate(renderOffline, { steps, samples: 26_000, bufferMs: 100 })
    // The 2 ms after it are the fade from its last sample.
    expect(withoutSilence(heard).slice(0, said.length - 2)).toEqual(
      withoutSilence(said).slice(0, said.length - 2),
    )
  })

  it('is what was sent at another rate, without an audible joint', async () => {
    const page = await openPage()
    const slow = Int16Array.from(new Resampler(24_000, 16_000).process(Float32Array.from(said)), (sample) =>
      Math.round(sample * 32_768),
    )
    const steps = inMessages(slow, [3200, 1001, 7], 16_000)
    const { heard } = await page.evaluate(renderOffline, { steps, samples: 26_000, bufferMs: 100 })
    const resampler = new Resampler(16_000, 24_000)
    const whole = [
      ...resampler.process(Float32Array.from(slow, (sample) => sample / 32_768)),
      ...resampler.drain(),
    ]
    expect(heard.slice(0, whole.length)).toEqual(whole)
  })

  it('goes on from one rate to another and back, without half a sample that is not completed', async () => {
    const page = await openPage()
    const first = speech.subarray(0, 12_000)
    const steps = [
      ...inMessages(first, [4800]).slice(0, -1),
      ...inMessages(speech.subarray(0, 8000), [3200], 16_000).slice(0, -1),
      { command: { type: 'play', bytes: [9], rate: 16_000 } } as const,
      ...inMessages(first, [4800]),
    ]
    const { heard } = await page.evaluate(renderOffline, { steps, samples: 37_000, bufferMs: 0 })
    const resampler = new Resampler(16_000, 24_000)
    const second = [...resampler.process(Float32Array.from(said.slice(0, 8000))), ...resampler.drain()]
    const ofFirst = said.slice(0, 12_000)
    expect(heard.slice(0, 36_000)).toEqual([...ofFirst, ...second, ...ofFirst])
  })

  // The second case is at the end of a piece of 20 ms, amid a loud sound.
  it.each([50, 90])(
    'is silent within 3 ms of the render clock after a flush, which reports what was played: %i quanta',
    async (quanta) => {
      const page = await openPage()
      const at = quanta * quantum
      const steps: OfflineStep[] = [
        ...inMessages(speech, [4800]).slice(0, -1),
        { atSample: at, command: { type: 'flush' } },
      ]
      const { heard, reports } = await page.evaluate(renderOffline, { steps, samples: 20_000, bufferMs: 0 })
      expect(heard.slice(0, at)).toEqual(said.slice(0, at))
      expect(heard.slice(at + 72).every((sample) => sample === 0)).toBe(true)
      // No jump is larger than those of the speech itself.
      const steps_ = heard
        .slice(at - 48, at + 72)
        .map((sample, index, all) => Math.abs(sample - (all[index - 1] ?? sample)))
      const ofSpeech = said
        .slice(at - 480, at + 480)
        .map((sample, index, all) => Math.abs(sample - (all[index - 1] ?? sample)))
      expect(Math.max(...steps_)).toBeLessThanOrEqual(Math.max(...ofSpeech) + 0.01)
      expect(reports).toEqual([
        { type: 'state', isPlaying: true },
        { type: 'flushed', playedMs: (at * 1000) / 24_000 },
        { type: 'state', isPlaying: false },
      ])
    },
  )
})

describe('what is heard after a flush', () => {
  it('has nothing from before the flush, not even half a sample', async () => {
    const page = await openPage()
    const at = 20 * quantum
    const turn = inMessages(speech.subarray(0, 8000), [3200], 16_000)
    const steps: OfflineStep[] = [
      ...inMessages(speech.subarray(0, 8000), [1281], 16_000).slice(0, 1),
      { atSample: at, command: { type: 'flush' } },
      ...turn.map((step) => ({ ...step, atSample: at })),
    ]
    const { heard } = await page.evaluate(renderOffline, { steps, samples: 20_000, bufferMs: 0 })
    const resampler = new Resampler(16_000, 24_000)
    const whole = [...resampler.process(Float32Array.from(said.slice(0, 8000))), ...resampler.drain()]
    expect(heard.slice(at, at + whole.length)).toEqual(whole)
  })
})

describe('the speaker', () => {
  it('is idle, plays, is flushed, and plays again', async () => {
    const page = await openPage()
    const told = await page.evaluate(async () => {
      const speaker = await livegate.openSpeaker()
      const states: string[] = []
      const until = (wanted: string): Promise<void> =>
        new Promise((resolve) => {
          const end = speaker.onStateChange((state) => {
            if (state !== wanted) return
            end()
            resolve()
          })
        })
      if (speaker.state === 'blocked') await until('idle')
      speaker.onStateChange((state) => states.push(state))
      // Ten seconds at half of full level.
      const long = new Int16Array(240_000).fill(16_384)
      const playing = until('playing')
      speaker.play({ data: new Uint8Array(long.buffer), mimeType: 'audio/pcm;rate=24000' })
      await playing
      while (speaker.level < 0.4) await new Promise((resolve) => setTimeout(resolve, 5))
      const playedMs = await speaker.flush()
      const nothing = await speaker.flush()
      const again = until('playing')
      const idle = again.then(() => until('idle'))
      speaker.play({ data: btoa('\x00\x40'.repeat(2400)), mimeType: 'audio/pcm' })
      speaker.endTurn()
      await idle
      speaker.close()
      speaker.close()
      return {
        states,
        isPart: playedMs > 20 && playedMs < 10_000,
        nothing,
        afterClose: await speaker.flush(),
      }
    })
    expect(told).toEqual({
      states: ['playing', 'idle', 'playing', 'idle', 'closed'],
      isPart: true,
      nothing: 0,
      afterClose: 0,
    })
  })

  it.each<[gesture: string, make: (page: Page) => Promise<void>]>([
    ['a click', (page) => page.mouse.click(10, 10)],
    ['a key', (page) => page.keyboard.press('a')],
  ])('is blocked until %s, which the page may handle, then plays what has arrived', async (_, make) => {
    const page = await openPage({
      autoplay: false,
      onLoad: async () => {
        for (const gesture of ['pointerup', 'keydown']) {
          document.addEventListener(gesture, (event) => event.stopPropagation())
        }
        const speaker = await livegate.openSpeaker()
        const states = [speaker.state]
        Object.assign(globalThis, { states })
        speaker.play({ data: btoa('\x00\x40'.repeat(4800)), mimeType: 'audio/pcm' })
        speaker.onStateChange((state) => states.push(state))
        document.title = 'ready'
      },
    })
    await waitForTitle(page, 'ready')
    await make(page)
    await page.waitForFunction(() => {
      const { states } = globalThis as never as { states?: string[] }
      return states?.includes('playing') && states.at(-1) === 'idle'
    })
    const states = await page.evaluate(() => (globalThis as never as { states: string[] }).states)
    // The platform decides which comes first: that sound is allowed, or that it plays.
    expect(states.filter((state, index) => index === 0 || state !== 'idle')).toEqual(['blocked', 'playing'])
  })

  it('is unlocked by its method if the page stops the events of gestures; and is flushed while blocked', async () => {
    const page = await openPage({
      autoplay: false,
      onLoad: async () => {
        for (const gesture of ['pointerup', 'keydown', 'touchend']) {
          addEventListener(gesture, (event) => event.stopImmediatePropagation(), true)
        }
        const speaker = await livegate.openSpeaker()
        speaker.play({ data: btoa('\x00\x40'.repeat(4800)), mimeType: 'audio/pcm' })
        const flushed = await speaker.flush()
        const seen: unknown[] = [flushed, speaker.state]
        addEventListener('mouseup', async () => {
          seen.push(speaker.state)
          await speaker.unlock()
          seen.push(speaker.state)
        })
        Object.assign(globalThis, { seen })
        document.title = 'ready'
      },
    })
    await waitForTitle(page, 'ready')
    await page.mouse.click(10, 10)
    const seen = await page.waitForFunction(() => {
      const { seen } = globalThis as never as { seen: unknown[] }
      return seen.length >= 4 && seen
    })
    expect(await seen.jsonValue()).toEqual([0, 'blocked', 'blocked', 'idle'])
  })

  it('closes its context at once if it is closed before a gesture', async () => {
    const page = await openPage({
      autoplay: false,
      onLoad: async () => {
        const states: string[] = []
        const Context = AudioContext
        globalThis.AudioContext = class extends Context {
          constructor(options?: AudioContextOptions) {
            super(options)
            this.addEventListener('statechange', () => states.push(this.state))
          }
        }
        const speaker = await livegate.openSpeaker()
        speaker.close()
        Object.assign(globalThis, { states })
      },
    })
    await page.waitForFunction(() => {
      const { states } = globalThis as never as { states?: string[] }
      return states?.at(-1) === 'closed'
    })
  })

  it.each(['closed', 'blocked'] as const)(
    'has no level once it is %s, although it was playing',
    async (how) => {
      const page = await openPage()
      const told = await page.evaluate(async (how) => {
        const contexts: AudioContext[] = []
        const Context = AudioContext
        globalThis.AudioContext = class extends Context {
          constructor(options?: AudioContextOptions) {
            super(options)
            contexts.push(this)
          }
        }
        const speaker = await livegate.openSpeaker()
        speaker.play({ data: new Int16Array(240_000).fill(16_384), mimeType: 'audio/pcm' })
        while (speaker.level < 0.4) await new Promise((resolve) => setTimeout(resolve, 5))
        if (how === 'closed') speaker.close()
        else await contexts[0]?.suspend()
        const { state, level } = speaker
        speaker.close()
        return { state, level }
      }, how)
      expect(told).toEqual({ state: how, level: 0 })
    },
  )

  it.each([
    [{}, 100],
    [{ bufferMs: 250 }, 250],
  ])('renders at the rate of speech, and is told with %j to buffer %i ms', async (options, bufferMs) => {
    const page = await openPage()
    const told = await page.evaluate(async (options) => {
      const told: unknown[] = []
      globalThis.AudioWorkletNode = class extends AudioWorkletNode {
        constructor(context: BaseAudioContext, name: string, given?: AudioWorkletNodeOptions) {
          super(context, name, given)
          told.push(context.sampleRate, given?.processorOptions)
        }
      }
      const speaker = await livegate.openSpeaker(options)
      speaker.close()
      return told
    }, options)
    expect(told).toEqual([24_000, { bufferMs }])
  })

  it.each<[option: string, value: unknown, expected: string]>([
    ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 'abc', null].map((value): [string, unknown, string] => [
      'bufferMs',
      value,
      `a number from 0; got "${value}"`,
    ]),
    ['bufferMS', 50, 'left out: there is no such option here; got "number"'],
  ])('is not opened with a %s of %s', async (option, value, expected) => {
    const page = await openPage()
    const message = await page.evaluate(
      ([option, value]) =>
        livegate.openSpeaker({ [option]: value }).then(
          () => 'opened',
          ({ code, message }) => [code, message],
        ),
      [option, value] as const,
    )
    expect(message).toEqual(['invalid-options', `${option} must be ${expected}`])
  })

  it('refuses audio of an unknown type, and data that is neither bytes nor base64, which it does not quote', async () => {
    const page = await openPage()
    const errors = await page.evaluate(async () => {
      const mimeType = 'audio/pcm'
      const given: object[] = [
        { data: '', mimeType: 'audio/opus' },
        { data: '', mimeType: null },
        { data: '%', mimeType },
        { mimeType },
        { data: null, mimeType },
        { data: [1, 2, 3], mimeType },
        { data: new Blob(['ab']), mimeType },
        { data: new Float32Array(2), mimeType },
      ]
      const speaker = await livegate.openSpeaker()
      const errors = given.map((audio) => {
        try {
          speaker.play(audio as never)
        } catch (error) {
          const { code, message } = error as never as { code: string; message: string }
          return [code, message]
        }
        return 'played'
      })
      speaker.close()
      return errors
    })
    const got = ['String', 'Undefined', 'Null', 'Array', 'Blob', 'Float32Array']
    expect(errors).toEqual([
      ...['audio/opus', ''].map((type) => [
        'unsupported-audio',
        `mimeType must be mono audio/pcm at a rate from 4000 to 192000; ask the model for AUDIO or play this yourself; got "${type}"`,
      ]),
      ...got.map((value) => ['unsupported-audio', `data must be bytes or base64; got "${value}"`]),
    ])
  })

  it('takes bytes in any kind of buffer or view', async () => {
    const page = await openPage()
    const played = await page.evaluate(async () => {
      const { postMessage } = MessagePort.prototype
      const played: number[][] = []
      MessagePort.prototype.postMessage = function (message: { type: string; bytes: Uint8Array }) {
        if (message.type === 'play') played.push([...message.bytes])
        postMessage.call(this, message)
      }
      const bytes = Uint8Array.of(9, 1, 2, 3, 4, 9)
      const samples = new Int16Array(bytes.slice(1, 5).buffer)
      const speaker = await livegate.openSpeaker()
      for (const data of [bytes.subarray(1, 5), samples, samples.buffer, 'AQIDBA==']) {
        speaker.play({ data, mimeType: 'audio/pcm' })
      }
      speaker.close()
      return played
    })
    expect(played).toEqual(new Array(4).fill([1, 2, 3, 4]))
  })

  it('takes nothing more once it is closed, and says so', async () => {
    const page = await openPage()
    const message = await page.evaluate(async () => {
      const speaker = await livegate.openSpeaker()
      speaker.close()
      try {
        speaker.play({ data: '', mimeType: 'audio/pcm' })
      } catch (error) {
        return (error as Error).message
      }
      return undefined
    })
    expect(message).toBe('speaker must be open; got "closed"')
  })

  it('tells its worklet to end, posts nothing more, and closes the port once it has ended', async () => {
    const page = await openPage()
    const told = await page.evaluate(async () => {
      const { close, postMessage } = MessagePort.prototype
      const told: { closed: number; posted: unknown[] } = { closed: 0, posted: [] }
      MessagePort.prototype.close = function () {
        told.closed++
        close.call(this)
      }
      MessagePort.prototype.postMessage = function (message: unknown) {
        told.posted.push(message)
        postMessage.call(this, message)
      }
      const speaker = await livegate.openSpeaker()
      speaker.endTurn()
      speaker.close()
      speaker.endTurn()
      await speaker.flush()
      while (!told.closed) await new Promise((resolve) => setTimeout(resolve, 5))
      return told
    })
    expect(told).toEqual({ closed: 1, posted: [{ type: 'end-turn' }, { type: 'end' }] })
  })

  it('leaves the bytes of a message intact for other readers', async () => {
    const page = await openPage()
    const length = await page.evaluate(async () => {
      const speaker = await livegate.openSpeaker()
      const data = new Uint8Array(4800)
      speaker.play({ data, mimeType: 'audio/pcm' })
      speaker.close()
      return data.length
    })
    expect(length).toBe(4800)
  })

  it('settles a flush that is pending when it is closed', async () => {
    const page = await openPage()
    const playedMs = await page.evaluate(async () => {
      const speaker = await livegate.openSpeaker()
      // A worklet that no longer answers.
      MessagePort.prototype.postMessage = () => {}
      const flushing = speaker.flush()
      speaker.close()
      return flushing
    })
    expect(playedMs).toBe(0)
  })

  it('is not unlocked once it is closed, nor if it is closed before the user allows it', async () => {
    const page = await openPage({
      autoplay: false,
      onLoad: async () => {
        const speaker = await livegate.openSpeaker()
        const refused = ({ name, message }: Error) => `${name}: ${message}`
        const before = speaker.unlock().catch(refused)
        speaker.close()
        const after = speaker.unlock().catch(refused)
        Object.assign(globalThis, { told: await Promise.all([before, after]) })
        document.title = 'ready'
      },
    })
    await waitForTitle(page, 'ready')
    const told = await page.evaluate(() => (globalThis as never as { told: unknown }).told)
    expect(told).toEqual(new Array(2).fill('LivegateError: speaker must be open; got "closed"'))
  })

  it('is closed when its worklet crashes, says so, and settles pending flushes', async () => {
    const page = await openPage()
    await page.evaluate(letWorkletsCrash, 'on command' as const)
    const told = await page.evaluate(async () => {
      const speaker = await livegate.openSpeaker()
      const closed = new Promise((resolve) => {
        speaker.onStateChange((state, error) => {
          if (state === 'closed') resolve([state, error?.code, error?.message])
        })
      })
      crash()
      const flushed = speaker.flush()
      return [await closed, await flushed]
    })
    expect(told).toEqual([
      [
        'closed',
        'worklet-failed',
        'workletUrl must be the address of @livegate/browser/worklet.js, of the same version; then open it again; got "a crash"',
      ],
      0,
    ])
  })

  it('is not opened with a worklet that crashes when it is made, and closes its context', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    await page.evaluate(letWorkletsCrash, 'in constructor' as const)
    const code = await page.evaluate(() =>
      livegate.openSpeaker().then(
        () => 'opened',
        (error) => error.code,
      ),
    )
    expect(code).toBe('worklet-failed')
    await expect.poll(() => page.evaluate(() => [...ledger.open.values()])).toEqual([])
  })

  it('says that the browser has no worklets, or the page is not served securely', async () => {
    const page = await openPage()
    const error = await page.evaluate(() => {
      Object.defineProperty(BaseAudioContext.prototype, 'audioWorklet', { value: undefined })
      return livegate.openSpeaker().catch(({ code, field }) => ({ code, field }))
    })
    expect(error).toEqual({ code: 'unsupported-platform', field: 'page' })
  })

  it('says where its worklet has to be', async () => {
    const page = await openPage()
    const code = await page.evaluate(() =>
      livegate.openSpeaker({ workletUrl: '/elsewhere.js' }).catch((error) => error.code),
    )
    expect(code).toBe('worklet-failed')
  })
})
