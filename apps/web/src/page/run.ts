import { connectVoice, type Microphone, type Speaker, type Voice } from '@livegate/browser'
import type { RealtimeInput, Verdict } from '@livegate/core'
import { fromBase64, type LiveServerMessage, samplesOf, toRealtimeInput } from '@livegate/core/wire'
import type { ProfileName } from '../api/api.ts'
import type { TalkMode } from '../api/live-config.ts'
import type { Fact, FactOf } from '../trace/fact.ts'
import { forgottenIn } from '../trace/forgotten.ts'
import { FrameLedger, rangesOfMissing } from '../trace/frame-ledger.ts'
import type { Trace } from '../trace/trace.ts'
import { Underway } from '../trace/underway.ts'
import { type OwnEnd, outcomeOf } from '../trace/verdict.ts'
import { isGated, type Way } from '../trace/way.ts'
import { heardIn, injectFault } from './api-client.ts'
import { bareClient } from './bare-client.ts'
import type { Client } from './client.ts'
import { type FaultChoice, strikesAfterMs } from './faults.ts'
import { gatedClient } from './gated-client.ts'
import { Journal } from './journal.ts'
import { type Place, reach } from './reach.ts'
import { levelOf } from './recorded-microphone.ts'

/** The choices for a run. */
export interface RunSettings {
  readonly way: Way
  readonly mode: TalkMode
  readonly profile: ProfileName
  readonly toolMs: number
  readonly fault: FaultChoice
}

export interface RunOptions {
  readonly settings: RunSettings
  readonly server: Trace['server']
  readonly onFact: (fact: Fact) => void
  /** Called with what could not be played, or injected. */
  readonly onNotice: (notice: unknown) => void
}

const outputSamplesPerMs = 24
const inputSamplesPerMs = 16

/** One conversation, from connecting to its verdict. */
export class Run {
  readonly journal: Journal
  readonly settings: RunSettings
  readonly #server: Trace['server']
  readonly #onNotice: RunOptions['onNotice']
  readonly #ledger: FrameLedger = new FrameLedger()
  readonly #disposers: (() => void)[] = []
  readonly #underway: Underway = new Underway()
  #place: Place | undefined
  #client: Client | undefined
  #isOver = false
  #closedMs: number | undefined
  #busyUntilMs = 0
  #isPressed = false
  #model = ''

  constructor({ settings, server, onFact, onNotice }: RunOptions) {
    this.settings = settings
    this.#server = server
    this.#onNotice = onNotice
    this.journal = new Journal((fact) => {
      this.#look(fact)
      onFact(fact)
    })
  }

  /** Whether the server has ended it. */
  get isClosed(): boolean {
    return this.#closedMs !== undefined
  }

  /** Whether the server may still answer. */
  get isAnswerOwed(): boolean {
    return !this.#underway.isNothing
  }

  /** Whether nothing has happened for so long, and no call is pending; for `owedMs`, if the server may still answer. */
  isQuietFor(ms: number, owedMs: number): boolean {
    const { isCallPending, isNothing } = this.#underway
    return !isCallPending && this.journal.nowMs - this.#busyUntilMs > (isNothing ? ms : owedMs)
  }

  /** The trace up to now. */
  trace(): Trace {
    const { way, toolMs } = this.settings
    return {
      way,
      toolMs,
      server: this.#server,
      model: this.#model,
      facts: this.journal.facts,
      outcome: undefined,
    }
  }

  /** Connects, and binds microphone and speaker. Rejects when there is no session; {@link end} returns a trace then, too. */
  async begin(open: () => Microphone, speaker: Speaker | undefined): Promise<void> {
    const { way, mode, fault, toolMs } = this.settings
    const place = await reach(this.#server, this.settings, this.journal)
    if (this.#isOver) return place.leave()
    this.#place = place
    this.#model = place.name
    const getWeather = async (signal?: AbortSignal): Promise<Record<string, unknown>> => {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, toolMs)
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          reject(signal.reason)
        })
      })
      return { city: 'Dublin', celsius: 12, sky: 'light rain' }
    }
    const begin = isGated(way) ? gatedClient : bareClient
    const client = await begin({
      ...place,
      way,
      mode,
      journal: this.journal,
      underway: this.#underway,
      getWeather,
    })
    if (this.#isOver) return client.close()
    this.#client = client
    const microphone = open()
    this.#disposers.push(client.onMessage((message) => this.#hear(message)))
    const session = {
      setup: { realtimeInputConfig: { automaticActivityDetection: { disabled: mode === 'push-to-talk' } } },
      sendRealtimeInput: (input: RealtimeInput) => this.#offer(input),
      onMessage: client.onMessage,
    }
    if (speaker) {
      this.#connect(connectVoice({ session, microphone, speaker }), speaker)
    } else {
      this.#disposers.push(microphone.onFrame((frame) => this.#offerFrame(frame)))
    }
    if (fault.when === 'talking' && fault.fault) {
      const timer = setTimeout(() => void this.inject(fault).catch(this.#onNotice), strikesAfterMs)
      this.#disposers.push(() => clearTimeout(timer))
    }
  }

  #connect(voice: Voice, speaker: Speaker): void {
    voice.onEvent((event) => {
      if (event.type === 'audio-refused') this.#onNotice(event.error)
    })
    this.#disposers.push(() => {
      voice.close()
      // Otherwise the rest of the model's speech would be heard in the next run.
      void speaker.flush()
    })
  }

  /** Begins a turn of push-to-talk. */
  press(): void {
    if (this.#isPressed) return
    this.#isPressed = true
    this.#offer({ activityStart: {} })
  }

  /** Ends the turn. */
  release(): void {
    if (!this.#isPressed) return
    this.#isPressed = false
    this.#offer({ activityEnd: {} })
  }

  say(text: string): void {
    this.journal.note({ type: 'transcript', who: 'user', text })
    this.#offer({ text })
  }

  /** Injects a fault now. */
  async inject({ title, fault }: FaultChoice): Promise<void> {
    if (!this.#place?.runId || !fault || this.isClosed) return
    this.journal.note({ type: 'fault', name: title })
    await injectFault(this.#place.runId, fault)
  }

  /** Notes that the run could not begin, unless its connection has already said why it closed. */
  fail(reason: string): void {
    if (!this.isClosed) this.journal.note({ type: 'closed', epoch: 1, reason })
  }

  /** Ends the run, and asks the emulator what it heard; `problem` is why there is no answer. */
  async end(ownEnd: OwnEnd): Promise<{ readonly trace: Trace; readonly problem: Error | undefined }> {
    this.#isOver = true
    for (const dispose of this.#disposers.splice(0)) dispose()
    if (!this.isClosed) {
      this.#client?.close()
      const reason = this.#client ? 'closed by the page' : 'it was stopped before the server was ready'
      if (!this.isClosed) this.journal.note({ type: 'closed', epoch: 1, reason })
    }
    let problem: Error | undefined
    const received = await this.#received().catch((error: Error) => {
      problem = error
      return undefined
    })
    const { heard, ...speech } = this.#ledger.compare(received)
    if (received) {
      const { frames = 0 } = forgottenIn(this.journal.facts) ?? {}
      this.journal.note({ type: 'never-arrived', ranges: rangesOfMissing(heard.slice(frames)) })
    }
    this.journal.end()
    this.#place?.leave()
    return { trace: { ...this.trace(), outcome: outcomeOf(this.journal.facts, speech, ownEnd) }, problem }
  }

  /** The audio that the server received, with everything that was in flight; undefined for Google's, which does not say. */
  async #received(): Promise<Int16Array | undefined> {
    if (this.#place?.runId === undefined) return undefined
    const received = await heardIn(this.#place.runId)
    await this.#place.allTold
    return received
  }

  #offerFrame(frame: Int16Array): void {
    this.#offer(toRealtimeInput({ audio: frame }))
  }

  #offer(input: RealtimeInput): Verdict | undefined {
    const client = this.#client
    if (!client || this.#isOver) return undefined
    const bytes = input.audio?.data === undefined ? undefined : fromBase64(input.audio.data)
    const samples = bytes && samplesOf(bytes)
    const isBetweenTurns = this.settings.mode === 'push-to-talk' && !this.#isPressed
    // Usual clients send only while the button is down; Livegate's pre-roll needs what comes before.
    if (samples && isBetweenTurns && !isGated(this.settings.way)) return undefined
    const atMs = this.journal.nowMs
    const verdict = client.offer(input)
    const offered: FactOf<'offered'> = {
      atMs,
      type: 'offered',
      kind: kindOf(input),
      fate: verdict.status,
      ...('reason' in verdict && { reason: verdict.reason }),
      durationMs: samples ? samples.length / inputSamplesPerMs : 0,
      level: samples ? levelOf(samples) : 0,
    }
    if (samples) this.#ledger.add(samples, offered)
    this.journal.take(offered)
    return verdict
  }

  #hear({ toolCall, serverContent }: LiveServerMessage): void {
    const { journal } = this
    for (const { id = '', name = '', args = {} } of toolCall?.functionCalls ?? []) {
      journal.note({ type: 'called', id, name, args })
    }
    if (!serverContent) return
    const { modelTurn, inputTranscription, outputTranscription, interrupted, turnComplete } = serverContent
    if (inputTranscription?.text)
      journal.note({ type: 'transcript', who: 'user', text: inputTranscription.text })
    if (interrupted) journal.note({ type: 'interrupted' })
    for (const { inlineData } of modelTurn?.parts ?? []) {
      if (!inlineData?.data) continue
      journal.note({ type: 'spoke', durationMs: inlineData.data.length / 2 / outputSamplesPerMs })
    }
    if (outputTranscription?.text) {
      journal.note({ type: 'transcript', who: 'model', text: outputTranscription.text })
    }
    if (turnComplete) journal.note({ type: 'turn-complete' })
  }

  /** Keeps track of what is going on. */
  #look(fact: Fact): void {
    this.#underway.add(fact)
    this.#ledger.look(fact)
    if (fact.type === 'closed') this.#closedMs = fact.atMs
    else if (fact.type === 'spoke') {
      this.#busyUntilMs = Math.max(fact.atMs, this.#busyUntilMs) + fact.durationMs
    } else if (fact.type === 'interrupted') this.#busyUntilMs = fact.atMs
    else if (fact.type !== 'offered' && fact.type !== 'server-heard') {
      this.#busyUntilMs = Math.max(this.#busyUntilMs, fact.atMs)
    }
  }
}

const kindOf = (
  input: RealtimeInput,
): 'audio' | 'text' | 'activityStart' | 'activityEnd' | 'audioStreamEnd' =>
  input.audio
    ? 'audio'
    : input.activityStart
      ? 'activityStart'
      : input.activityEnd
        ? 'activityEnd'
        : input.text === undefined
          ? 'audioStreamEnd'
          : 'text'
