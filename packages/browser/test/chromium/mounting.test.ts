import { needChromium } from '@livegate/chromium'
import { startEmulator } from '@livegate/emulator'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { closeBrowsers, openPage } from './chromium.ts'
import { keepLedger } from './ledger.ts'

beforeEach(needChromium)
closeBrowsers()

describe('a component that is mounted, unmounted at once and mounted again', () => {
  it('has one microphone and one speaker, and nothing is left of the first', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    const open = (): Promise<string[]> => page.evaluate(() => [...ledger.open.values()].sort())
    await page.evaluate(async () => {
      const mount = async () => ({
        microphone: await livegate.openMicrophone(),
        speaker: await livegate.openSpeaker(),
      })
      const first = mount()
      const second = mount()
      const { microphone, speaker } = await first
      microphone.close()
      speaker.close()
      Object.assign(globalThis, { mounted: await second })
    })
    await expect
      .poll(open)
      .toEqual(['AudioContext', 'AudioContext', 'MediaStreamTrack', 'MessagePort', 'MessagePort'])
    await page.evaluate(() => {
      const { mounted } = globalThis as unknown as {
        mounted: { microphone: { close(): void }; speaker: { close(): void } }
      }
      mounted.microphone.close()
      mounted.speaker.close()
    })
    await expect.poll(open).toEqual([])
  })

  it('closes what it opened, fifty times', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    await page.evaluate(async () => {
      for (let times = 0; times < 50; times++) {
        const [microphone, speaker] = await Promise.all([livegate.openMicrophone(), livegate.openSpeaker()])
        microphone.close()
        speaker.close()
      }
    })
    await expect.poll(() => page.evaluate(() => [...ledger.open.values()])).toEqual([])
  })

  it('closes its contexts where the platform suspends them before their worklets have ended', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    await page.evaluate(async () => {
      const { postMessage } = MessagePort.prototype
      const [microphone, speaker] = await Promise.all([livegate.openMicrophone(), livegate.openSpeaker()])
      // As if the message came too late: the context does not render any more.
      MessagePort.prototype.postMessage = () => {}
      microphone.close()
      speaker.close()
      MessagePort.prototype.postMessage = postMessage
      for (const [context, kind] of ledger.open)
        if (kind === 'AudioContext') void (context as AudioContext).suspend()
    })
    await expect.poll(() => page.evaluate(() => [...ledger.open.values()])).toEqual([])
  })
})

describe('a browser that opens no more contexts', () => {
  it('leaves microphone and speaker closed, with an error of the package, and the device released', async () => {
    const page = await openPage()
    await page.evaluate(keepLedger)
    const outcome = await page.evaluate(async () => {
      class Refusing {
        constructor() {
          throw new DOMException('', 'NotSupportedError')
        }
      }
      Object.assign(globalThis, { AudioContext: Refusing })
      const opened = await Promise.allSettled([livegate.openMicrophone(), livegate.openSpeaker()])
      return opened.map((each) => each.status === 'rejected' && [each.reason.name, each.reason.code])
    })
    expect(outcome).toEqual([
      ['LivegateError', 'unsupported-platform'],
      ['LivegateError', 'unsupported-platform'],
    ])
    expect(await page.evaluate(() => [...ledger.open.values()])).toEqual([])
  })
})

describe('two conversations at once', () => {
  it('have separate voices, and one ends without the other', async () => {
    const emulator = await startEmulator({ script: [{ silent: true }] })
    onTestFinished(() => emulator.close())
    const page = await openPage()
    await page.evaluate(async (url) => {
      const begin = async () => {
        const session = await livegate.connectLive({ url, model: 'gemini-2.5-flash' })
        const [microphone, speaker] = await Promise.all([livegate.openMicrophone(), livegate.openSpeaker()])
        return {
          session,
          microphone,
          speaker,
          voice: livegate.connectVoice({ session, microphone, speaker }),
        }
      }
      const [first, second] = await Promise.all([begin(), begin()])
      Object.assign(globalThis, { first, second })
    }, emulator.url)
    const heard = (): readonly number[] => emulator.sessions.map((session) => session.receivedAudio().length)
    await expect.poll(() => heard().every((samples) => samples > 3200)).toBe(true)
    await page.evaluate(() => {
      const { voice, session, microphone, speaker } = (globalThis as unknown as { first: Conversation }).first
      for (const part of [voice, session, microphone, speaker]) part.close()
    })
    await expect.poll(() => emulator.sessions.filter(({ closed }) => closed).length).toBe(1)
    const place = emulator.sessions.findIndex(({ closed }) => !closed)
    const before = heard()[place] ?? 0
    await expect.poll(() => heard()[place] ?? 0).toBeGreaterThan(before + 3200)
  })
})

interface Conversation {
  readonly voice: { close(): void }
  readonly session: { close(): void }
  readonly microphone: { close(): void }
  readonly speaker: { close(): void }
}

describe('what is no function', () => {
  it('is refused as a listener at once, not when the first event comes', async () => {
    const emulator = await startEmulator({ script: [{ silent: true }] })
    onTestFinished(() => emulator.close())
    const page = await openPage()
    const messages = await page.evaluate(async (url) => {
      const session = await livegate.connectLive({ url, model: 'gemini-2.5-flash' })
      const [microphone, speaker] = await Promise.all([livegate.openMicrophone(), livegate.openSpeaker()])
      const voice = livegate.connectVoice({ session, microphone, speaker })
      const listen: ((listener: never) => unknown)[] = [
        session.onMessage.bind(session),
        microphone.onFrame,
        microphone.onStateChange,
        speaker.onStateChange,
        voice.onEvent,
      ]
      return listen.map((each) => {
        try {
          return each(undefined as never)
        } catch (error) {
          return (error as Error).message
        }
      })
    }, emulator.url)
    expect(messages).toEqual(new Array(5).fill('listener must be a function; got "undefined"'))
  })
})

describe('what a callback throws', () => {
  it('G3.8: is reported to the page, for each callback and listener, and the conversation goes on', async () => {
    const emulator = await startEmulator({ script: [{ silent: true }] })
    onTestFinished(() => emulator.close())
    const page = await openPage()
    await page.evaluate(async (url) => {
      const thrown = new Set<string>()
      addEventListener('error', (event) => {
        event.preventDefault()
        thrown.add(event.error.message)
      })
      const throws = (name: string) => () => {
        throw new Error(name)
      }
      const session = await livegate.connectLive({
        url,
        model: 'gemini-2.5-flash',
        onEvent: throws('onEvent'),
      })
      const [microphone, speaker] = await Promise.all([livegate.openMicrophone(), livegate.openSpeaker()])
      session.onMessage(throws('onMessage'))
      session.on('gate-shut', throws('on'))
      session.onEvent(throws('session.onEvent'))
      microphone.onFrame(throws('onFrame'))
      microphone.onStateChange(throws('microphone.onStateChange'))
      speaker.onStateChange(throws('speaker.onStateChange'))
      const voice = livegate.connectVoice({ session, microphone, speaker })
      voice.onEvent(throws('voice.onEvent'))
      voice.onEvent(({ type }) => {
        if (type !== 'interrupted') return
        session.gate.hold('test').release()
        microphone.close()
        thrown.add('goes on')
      })
      Object.assign(globalThis, { thrown })
    }, emulator.url)
    const session = emulator.sessions[0]
    const data = Buffer.alloc(24_000).toString('base64')
    const parts = [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }]
    session?.sendText(JSON.stringify({ serverContent: { modelTurn: { parts } } }))
    const thrown = (): Promise<string[]> =>
      page.evaluate(() => [...(globalThis as unknown as { thrown: Set<string> }).thrown].sort())
    // The interruption closes the microphone, which may not have sent a frame yet.
    await expect.poll(thrown).toEqual(expect.arrayContaining(['onFrame', 'speaker.onStateChange']))
    session?.sendText(JSON.stringify({ serverContent: { interrupted: true } }))
    await expect
      .poll(thrown)
      .toEqual([
        'goes on',
        'microphone.onStateChange',
        'on',
        'onEvent',
        'onFrame',
        'onMessage',
        'session.onEvent',
        'speaker.onStateChange',
        'voice.onEvent',
      ])
  })
})
