import { needChromium } from '@livegate/chromium'
import { beforeEach, describe, expect, it } from 'vitest'
import { closeBrowsers, openPage } from './chromium.ts'
import { steerDevices } from './steered-devices.ts'

beforeEach(needChromium)
closeBrowsers()

/** Runs in the page: makes a session whose server is the test, and which records what is sent. */
function makeSession(): void {
  const listeners = new Set<(message: object) => void>()
  const sent: object[] = []
  const made = {
    sent,
    refuses: false,
    say(message: object): void {
      for (const listener of listeners) listener(message)
    },
    session: {
      sendRealtimeInput(input: object): void {
        if (made.refuses) throw new Error('not open')
        sent.push(input)
      },
      onMessage(listener: (message: object) => void): () => void {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    listeners,
  }
  Object.assign(globalThis, { made })
}

interface Made {
  readonly sent: { audio?: { data: string; mimeType: string }; audioStreamEnd?: boolean }[]
  refuses: boolean
  readonly say: (message: object) => void
  readonly session: Parameters<typeof livegate.connectVoice>[0]['session']
  readonly listeners: Set<unknown>
}
declare global {
  var made: Made
}

describe('connectVoice', () => {
  it('sends the microphone’s frames as audio of 16 kHz', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const voice = livegate.connectVoice({ session: made.session, microphone, speaker })
      const frame = await new Promise<Int16Array>((resolve) => microphone.onFrame(resolve))
      const { mimeType = '', data = '' } = made.sent.at(-1)?.audio ?? {}
      voice.close()
      const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
      await new Promise((resolve) => microphone.onFrame(resolve))
      const count = made.sent.length
      await new Promise((resolve) => microphone.onFrame(resolve))
      return {
        mimeType,
        isSame: new Int16Array(bytes.buffer).every((sample, index) => sample === frame[index]),
        samples: bytes.length / 2,
        goesOn: made.sent.length > count,
        listeners: made.listeners.size,
        states: [microphone.state, speaker.state],
      }
    })
    expect(told).toEqual({
      mimeType: 'audio/pcm;rate=16000',
      isSame: true,
      samples: 320,
      goesOn: false,
      listeners: 0,
      states: ['live', 'idle'],
    })
  })

  it('sends audioStreamEnd when the platform stops the microphone, and not while it is muted', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    await page.evaluate(steerDevices)
    const sent = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      livegate.connectVoice({ session: made.session, microphone, speaker })
      microphone.muted = true
      for (let frames = 0; frames < 3; frames++) await new Promise((resolve) => microphone.onFrame(resolve))
      microphone.muted = false
      const before = made.sent.filter(({ audioStreamEnd }) => audioStreamEnd).length
      steered.muteTrack(true)
      steered.muteTrack(false)
      microphone.close()
      return [before, ...made.sent.filter(({ audio }) => !audio)]
    })
    expect(sent).toEqual([0, { audioStreamEnd: true }, { audioStreamEnd: true }])
  })

  it('sends no audioStreamEnd if turns have brackets', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    await page.evaluate(steerDevices)
    const sent = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const setup = { realtimeInputConfig: { automaticActivityDetection: { disabled: true } } }
      const voice = livegate.connectVoice({ session: { ...made.session, setup }, microphone, speaker })
      if (microphone.state !== 'live') await new Promise((resolve) => microphone.onFrame(resolve))
      const before = made.sent.length
      steered.muteTrack(true)
      steered.muteTrack(false)
      voice.close()
      return [microphone.state, ...made.sent.slice(before)]
    })
    expect(sent).toEqual(['live'])
  })

  it('sends it once for a lost microphone, although the loss is reported again and the microphone closed', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    await page.evaluate(steerDevices)
    const sent = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      livegate.connectVoice({ session: made.session, microphone, speaker })
      if (microphone.state !== 'live') await new Promise((resolve) => microphone.onFrame(resolve))
      const toldAgain = new Promise<void>((resolve) => {
        microphone.onStateChange((_, error) => error?.code === 'microphone-missing' && resolve())
      })
      steered.refuseWith = 'NotFoundError'
      steered.unplug()
      await toldAgain
      microphone.close()
      return made.sent.filter(({ audio }) => !audio)
    })
    expect(sent).toEqual([{ audioStreamEnd: true }])
  })

  it.each([
    ['before the microphone', 'live', 'voice', 'microphone'],
    ['after the microphone', 'live', 'microphone', 'voice'],
    ['while the microphone is paused', 'paused', 'voice', 'microphone'],
  ] as const)('ends the stream once, when it is closed %s', async (_, state, first, second) => {
    const page = await openPage()
    await page.evaluate(makeSession)
    await page.evaluate(steerDevices)
    const told = await page.evaluate(
      async ([state, first, second]) => {
        const microphone = await livegate.openMicrophone()
        const speaker = await livegate.openSpeaker()
        const voice = livegate.connectVoice({ session: made.session, microphone, speaker })
        await new Promise((resolve) => microphone.onFrame(resolve))
        steered.muteTrack(state === 'paused')
        const parts = { voice, microphone }
        parts[first].close()
        parts[second].close()
        const [silence, end] = made.sent.slice(-2)
        const ends = made.sent.filter(({ audioStreamEnd }) => audioStreamEnd).length
        return { silence: atob(silence?.audio?.data ?? '').length, end, ends }
      },
      [state, first, second] as const,
    )
    expect(told).toEqual({ silence: 16_000, end: { audioStreamEnd: true }, ends: 1 })
  })

  it('sends nothing when it is closed before the microphone was live', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    await page.evaluate(steerDevices)
    const sent = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      steered.muteTrack(true)
      livegate.connectVoice({ session: made.session, microphone, speaker }).close()
      microphone.close()
      return made.sent
    })
    expect(sent).toEqual([])
  })

  it.each([
    ['without audio', 0, 640],
    ['without audio', -1, 640],
    ['after a minute of silence', 2 ** 31 - 1, 1_920_000],
  ])('ends the stream %s, if %i ms of silence end a turn', async (_, silenceDurationMs, lastAudio) => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const told = await page.evaluate(async (silenceDurationMs) => {
      const setup = { realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs } } }
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const voice = livegate.connectVoice({ session: { ...made.session, setup }, microphone, speaker })
      await new Promise((resolve) => microphone.onFrame(resolve))
      voice.close()
      const [before, end] = made.sent.slice(-2)
      return { lastAudio: atob(before?.audio?.data ?? '').length, end }
    }, silenceDurationMs)
    expect(told).toEqual({ lastAudio, end: { audioStreamEnd: true } })
  })

  it('ends the stream once, although it is closed again because that failed', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const failures = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const voice = livegate.connectVoice({ session: made.session, microphone, speaker })
      await new Promise((resolve) => microphone.onFrame(resolve))
      let failures = 0
      voice.onEvent(() => {
        failures++
        voice.close()
      })
      made.refuses = true
      voice.close()
      return failures
    })
    // The silence and the end.
    expect(failures).toBe(2)
  })

  it('plays the model, falls silent when it is interrupted, and reports how much was played', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const told = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const voice = livegate.connectVoice({ session: made.session, microphone, speaker })
      const data = btoa('\x00\x40'.repeat(240_000))
      const audio = { inlineData: { data, mimeType: 'audio/pcm;rate=24000' } }
      const until = async (wanted: string): Promise<void> => {
        while (speaker.state !== wanted) await new Promise((resolve) => speaker.onStateChange(resolve))
      }
      made.say({ serverContent: { modelTurn: { parts: [audio, { text: 'a thought' }, audio] } } })
      await until('playing')
      while (speaker.level < 0.4) await new Promise((resolve) => setTimeout(resolve, 5))
      const interrupted = new Promise<{ type: string; playedMs?: number }>((resolve) =>
        voice.onEvent(resolve),
      )
      made.say({ serverContent: { interrupted: true } })
      const event = await interrupted
      await until('idle')
      // Audio in the message of the interruption belongs to the next turn.
      const short = { inlineData: { data: btoa('\x00\x40'.repeat(2400)), mimeType: 'audio/pcm' } }
      made.say({ serverContent: { interrupted: true, modelTurn: { parts: [short] } } })
      made.say({ serverContent: { turnComplete: true } })
      await until('playing')
      await until('idle')
      microphone.close()
      speaker.close()
      return {
        type: event.type,
        isPart: (event.playedMs ?? 0) > 10 && (event.playedMs ?? 0) < 20_000,
      }
    })
    expect(told).toEqual({ type: 'interrupted', isPart: true })
  })

  it.each<[string, object]>([
    ['no audio', {}],
    ['a part that is none', { modelTurn: { parts: [null] } }],
    ['parts that are no list', { modelTurn: { parts: {} } }],
  ])('G12.2: plays a short turn without waiting for more, when its end comes with %s', async (_, rest) => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const states = await page.evaluate(async (rest) => {
      const microphone = await livegate.openMicrophone()
      // Longer than the test waits.
      const speaker = await livegate.openSpeaker({ bufferMs: 1_000_000 })
      livegate.connectVoice({ session: made.session, microphone, speaker })
      const states: string[] = []
      const played = new Promise<void>((resolve) => {
        speaker.onStateChange((state) => {
          if (states.push(state) >= 2 && state === 'idle') resolve()
        })
      })
      const audio = { inlineData: { data: btoa('\x00\x40'.repeat(240)), mimeType: 'audio/pcm' } }
      made.say({ serverContent: { modelTurn: { parts: [audio] } } })
      made.say({ serverContent: null })
      made.say({ serverContent: { ...rest, generationComplete: true } })
      await played
      microphone.close()
      return states.slice(-2)
    }, rest)
    expect(states).toEqual(['playing', 'idle'])
  })

  it('reports what it cannot play or send, and goes on', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const events = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const voice = livegate.connectVoice({ session: made.session, microphone, speaker })
      const events: unknown[] = []
      const failed = new Promise<void>((resolve) => {
        voice.onEvent((event) => {
          const { code, message } =
            'error' in event ? (event.error as { code?: string; message: string }) : {}
          events.push([event.type, code ?? message])
          if (event.type === 'send-failed') resolve()
        })
      })
      // Empty data, which is absent on the wire, is nothing to report.
      const types = ['audio/pcm', 'audio/opus']
      made.say({
        serverContent: { modelTurn: { parts: types.map((mimeType) => ({ inlineData: { mimeType } })) } },
      })
      made.say({ goAway: {} })
      made.refuses = true
      await failed
      made.refuses = false
      voice.close()
      return events
    })
    expect(events).toEqual([
      ['audio-refused', 'unsupported-audio'],
      ['send-failed', 'not open'],
    ])
  })

  it.each([
    ['session', 'connectLive'],
    ['microphone', 'openMicrophone'],
    ['speaker', 'openSpeaker'],
  ] as const)('says which is wrong, and what to pass: the %s', async (part, maker) => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const refusals = await page.evaluate(async (part) => {
      const parts = {
        session: made.session,
        microphone: await livegate.openMicrophone(),
        speaker: await livegate.openSpeaker(),
      }
      const connect = (wrong: unknown): unknown => {
        try {
          livegate.connectVoice({ ...parts, [part]: wrong })
          return 'connected'
        } catch (error) {
          const { name, code, field, message } = error as Error & { code: string; field: string }
          return [name, code, field, message.split('; ')]
        }
      }
      const wrong = [undefined, null, 'default', Promise.resolve(parts[part]), new MediaStream(), new Audio()]
      const refusals = wrong.map(connect)
      // None of them was bound.
      livegate.connectVoice(parts).close()
      return refusals
    }, part)
    expect(refusals).toEqual(
      [
        'undefined',
        'null',
        'default',
        '[object Promise]',
        '[object MediaStream]',
        '[object HTMLAudioElement]',
      ].map((got) => [
        'LivegateError',
        'invalid-options',
        part,
        [`${part} must be what \`await ${maker}(…)\` returns`, `got "${got}"`],
      ]),
    )
  })

  it.each(['session', 'microphone', 'speaker'] as const)(
    'refuses a %s that belongs to another voice, until that is closed',
    async (part) => {
      const page = await openPage()
      await page.evaluate(makeSession)
      const told = await page.evaluate(async (part) => {
        const make = async () => ({
          session: { ...made.session },
          microphone: await livegate.openMicrophone(),
          speaker: await livegate.openSpeaker(),
        })
        const first = await make()
        const second = { ...(await make()), [part]: first[part] }
        const voice = livegate.connectVoice(first)
        let refusal: unknown
        try {
          livegate.connectVoice(second)
        } catch (error) {
          const { code, field } = error as never as { code: string; field: string }
          refusal = { code, field }
        }
        voice.close()
        voice.close()
        livegate.connectVoice(second).close()
        return refusal
      }, part)
      expect(told).toEqual({ code: 'in-use', field: part })
    },
  )

  it('frees its parts once: a second close frees nothing of the next voice', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const codes = await page.evaluate(async () => {
      const parts = {
        session: made.session,
        microphone: await livegate.openMicrophone(),
        speaker: await livegate.openSpeaker(),
      }
      const first = livegate.connectVoice(parts)
      first.close()
      const second = livegate.connectVoice(parts)
      first.close()
      const connect = (): unknown => {
        try {
          livegate.connectVoice(parts).close()
        } catch (error) {
          return (error as { code: string }).code
        }
        return 'connected'
      }
      const codes = [connect()]
      second.close()
      return [...codes, connect()]
    })
    expect(codes).toEqual(['in-use', 'connected'])
  })

  it('binds nothing if it cannot bind the session, so that all can be bound later', async () => {
    const page = await openPage()
    await page.evaluate(makeSession)
    const outcomes = await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      const speaker = await livegate.openSpeaker()
      const connect = (session: typeof made.session): unknown => {
        try {
          livegate.connectVoice({ session, microphone, speaker })
        } catch (error) {
          return (error as Error).message
        }
        return 'connected'
      }
      const onMessage = (): never => {
        throw new Error('no more listeners')
      }
      const outcomes = [connect({ ...made.session, onMessage }), connect(made.session)]
      await new Promise<void>((resolve) => microphone.onFrame(() => resolve()))
      return [...outcomes, made.sent.length]
    })
    expect(outcomes).toEqual(['no more listeners', 'connected', 1])
  })
})
