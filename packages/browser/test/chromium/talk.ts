import type { Microphone, Speaker, Tools, Voice } from '../../src/index.ts'
import type { Session } from '../../src/session.ts'

/** A conversation whose user is the test. */
interface Talk {
  readonly session: Session
  readonly microphone: Microphone
  readonly speaker: Speaker
  voice: Voice
  /** The worklet's port of the microphone. */
  end: MessagePort
  /** How many frames the microphone has delivered. */
  frames: number
  /** How many interruptions were reported. */
  interruptions: number
  /** Answers the calls that are pending. */
  answer: () => void
}

declare global {
  var noise: (number: number) => Int16Array<ArrayBuffer>
  /** What {@link prepareTalks} puts into a page. */
  var talks: {
    /** Ends the sessions when aborted; lives as long as the page. */
    readonly leaving: AbortController
    connect(url: string, tools?: Tools): Promise<Session>
    begin(url: string): Promise<Talk>
    /** Says frames faster than real time, and waits until the socket has sent what the gate let pass. */
    say(talk: Talk, from: number, to: number): Promise<void>
    useDevice(talk: Talk): Promise<void>
    bindAgain(talk: Talk): void
    end(talk: Talk): void
    until(isSo: () => boolean): Promise<void>
  }
  /** The long conversation. */
  var talk: Talk
}

/** Returns 20 ms of noise, loud for four seconds of each five and faint in the fifth, unlike any frame near it. */
export function frameOf(number: number): Int16Array<ArrayBuffer> {
  const shift = number % 250 < 200 ? 16 : 23
  const offset = 2 ** (31 - shift)
  return Int16Array.from(
    { length: 320 },
    (_, index) => (Math.imul(number * 320 + index + 1, 2_654_435_761) >>> shift) - offset,
  )
}

/** Runs in the page. */
export function prepareTalks(): void {
  const leaving = new AbortController()
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await ledger.tick()
  }
  const microphoneEnd = (): MessagePort => worklets.get('livegate-microphone') as MessagePort
  const bind = (talk: Omit<Talk, 'voice'>): Voice => {
    const voice = livegate.connectVoice(talk)
    voice.onEvent(({ type }) => {
      if (type === 'interrupted') talk.interruptions++
    })
    return voice
  }
  globalThis.talks = {
    leaving,
    until,
    connect: (url, tools = {}) =>
      livegate.connectLive({
        url,
        model: 'gemini-2.5-flash',
        accessToken: 'auth_tokens/of-a-test',
        signal: leaving.signal,
        config: { tools: [{ functionDeclarations: [{ name: 'look_up' }] }] },
        tools,
      }),
    async begin(url) {
      let answers: (() => void)[] = []
      const session = await talks.connect(url, {
        look_up: () => new Promise<void>((resolve) => answers.push(resolve)),
      })
      const microphone = await livegate.openMicrophone()
      const unbound = {
        session,
        microphone,
        end: microphoneEnd(),
        speaker: await livegate.openSpeaker(),
        frames: 0,
        interruptions: 0,
        answer() {
          for (const answer of answers) answer()
          answers = []
        },
      }
      const talk: Talk = Object.assign(unbound, { voice: bind(unbound) })
      microphone.onFrame(() => talk.frames++)
      await until(() => microphone.state === 'live')
      return talk
    },
    async say(talk, from, to) {
      const { session, end } = talk
      const before = talk.frames - from
      for (let number = from; number < to; number++) {
        const samples = noise(number)
        end.postMessage(samples, [samples.buffer])
        // More than 64 at once would fill the transport.
        if (number % 64 !== 63 && number < to - 1) continue
        await until(() => talk.frames === before + number + 1 && session.snapshot().bufferedAmount === 0)
      }
    },
    async useDevice(talk) {
      await talk.microphone.useDevice('another')
      talk.end = microphoneEnd()
      await until(() => talk.microphone.state === 'live')
    },
    bindAgain(talk) {
      talk.voice.close()
      talk.interruptions = 0
      talk.voice = bind(talk)
    },
    end({ voice, session, microphone, speaker }) {
      voice.close()
      session.close()
      microphone.close()
      speaker.close()
    },
  }
}
