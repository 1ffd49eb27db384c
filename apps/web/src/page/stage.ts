import {
  type Microphone,
  type MicrophoneState,
  openMicrophone,
  openSpeaker,
  type Speaker,
} from '@livegate/browser'
import type { Fact } from '../trace/fact.ts'
import type { Trace } from '../trace/trace.ts'
import { loadSpeech, playRecording, type RecordedMicrophone } from './recorded-microphone.ts'
import { Run, type RunSettings } from './run.ts'

const workletUrl = '/worklet.js'

/** Why nothing else can begin or be shown. */
export const goesOn = 'A conversation is running. Stop it first.'

/** A run whose recording is over ends after so much quiet, in milliseconds. */
const quietMs = 1100

/** The same while an answer is owed, which may be slow, or may never come: to a sound that the server did not take for speech. */
const longestAnswerMs = 10_000

/** A run with a recording ends after so many milliseconds, whatever the server does. */
const longestMs = 45_000

/** What a state of the microphone means for the visitor; `lost` comes with an error that says so. */
const stateWords: { readonly [state in MicrophoneState]?: string } = {
  blocked: 'The browser waits for a click before this page may listen. Click anywhere.',
  paused:
    'The microphone is paused, perhaps by a phone call or because the page was hidden. It goes on by itself.',
}

export interface StageEvents {
  /** Called when {@link Stage.isBusy} changes. */
  readonly onBusyChange: () => void
  readonly onBegin: (run: Run) => void
  /** Called when the run takes what is said and written. */
  readonly onReady: () => void
  readonly onFact: (fact: Fact, run: Run) => void
  /** Called with something the visitor should know that ends nothing; with undefined when it is past. */
  readonly onNotice: (notice: unknown) => void
  /** Called with the trace of every run, and with what went wrong. */
  readonly onEnd: (trace: Trace, run: Run, error?: Error) => void
}

/** How a run proceeds. */
interface Course {
  readonly open: () => Microphone
  readonly isOver: (run: Run) => boolean
  /** Whether the run ends by itself; one that does not cannot be stopped too early. */
  readonly hasEnd: boolean
}

/** Plays runs, one at a time; owns the microphone, the speaker and the current run. */
export class Stage {
  readonly #server: Trace['server']
  readonly #events: StageEvents
  #speaker: Speaker | undefined
  #run: Run | undefined
  #isReady = false
  #microphone: Microphone | undefined
  #monitor: HTMLAudioElement | undefined
  /** Ends what is running; undefined when nothing is. */
  #stop: (() => void) | undefined

  constructor(server: Trace['server'], events: StageEvents) {
    this.#server = server
    this.#events = events
  }

  /** Whether something is running, from the moment it is asked for: also while the browser still asks for the microphone. */
  get isBusy(): boolean {
    return this.#stop !== undefined
  }

  get run(): Run | undefined {
    return this.#run
  }

  /** Whether the run takes what is said and written. */
  get isReady(): boolean {
    return this.#isReady && this.#run?.isClosed === false
  }

  get microphone(): Microphone | undefined {
    return this.#microphone
  }

  /** How loud the speaker is; 0 until the first run opens it. */
  readonly speakerLevel: () => number = () => this.#speaker?.level ?? 0

  /** Plays a run with a recording to its end. Resolves with its trace, or with undefined if it was stopped before it began. */
  playRecorded(settings: RunSettings, speech: string): Promise<Trace | undefined> {
    return this.#alone(async (stopped) => {
      const samples = await Promise.race([loadSpeech(speech), stopped])
      if (!samples) return undefined
      let recorded: RecordedMicrophone | undefined
      const open = (): Microphone => {
        recorded = playRecording(samples)
        recorded.isResting = settings.mode === 'push-to-talk'
        if (!recorded.isResting) this.#listenTo(speech)
        return recorded
      }
      const isOver = (run: Run): boolean => {
        if (!recorded || settings.mode === 'push-to-talk') return run.isClosed
        return (
          recorded.isOver &&
          (run.isClosed || run.isQuietFor(quietMs, longestAnswerMs) || run.journal.nowMs > longestMs)
        )
      }
      return this.#play(settings, { open, isOver, hasEnd: settings.mode === 'hands-free' }, stopped)
    })
  }

  /** Plays a run with the visitor's own voice, until {@link stop} is called or the server ends it. */
  talk(settings: RunSettings): Promise<Trace | undefined> {
    return this.#alone(async (stopped) => {
      const opening = openMicrophone({ workletUrl })
      const microphone = await Promise.race([opening, stopped])
      if (!microphone) {
        // The browser may still ask for the microphone: close it if it is allowed after all.
        void opening.then((late) => late.close()).catch(() => {})
        return undefined
      }
      let words: string | undefined
      const tell = (state: MicrophoneState, error?: Error): void => {
        // Its end leaves nothing to wait for, but what went wrong may still have to be read.
        const isNews = state !== 'closed' || words !== undefined
        words = stateWords[state]
        if (isNews) this.#events.onNotice(error ?? words)
      }
      microphone.onStateChange(tell)
      tell(microphone.state)
      try {
        return await this.#play(
          settings,
          { open: () => microphone, isOver: (run) => run.isClosed, hasEnd: false },
          stopped,
        )
      } finally {
        microphone.close()
      }
    })
  }

  /** Ends what is running. */
  stop(): void {
    this.#stop?.()
  }

  press(): void {
    if (this.#microphone && 'isResting' in this.#microphone) this.#microphone.isResting = false
    this.#run?.press()
  }

  release(): void {
    if (this.#microphone && 'isResting' in this.#microphone) this.#microphone.isResting = true
    this.#run?.release()
  }

  async #alone(
    action: (stopped: Promise<undefined>) => Promise<Trace | undefined>,
  ): Promise<Trace | undefined> {
    if (this.#stop) throw new Error(goesOn)
    const stopped = new Promise<undefined>((resolve) => {
      this.#stop = () => resolve(undefined)
    })
    this.#events.onBusyChange()
    try {
      return await action(stopped)
    } finally {
      this.#stop = undefined
      this.#events.onBusyChange()
    }
  }

  async #play(
    settings: RunSettings,
    { open, isOver, hasEnd }: Course,
    stopped: Promise<undefined>,
  ): Promise<Trace> {
    const speaker = await this.#openSpeaker()
    const run = new Run({
      settings,
      server: this.#server,
      onFact: (fact) => this.#events.onFact(fact, run),
      onNotice: this.#events.onNotice,
    })
    this.#run = run
    this.#events.onBegin(run)
    let failure: Error | undefined
    let look: ReturnType<typeof setInterval> | undefined
    const openAndKeep = (): Microphone => {
      this.#microphone = open()
      return this.#microphone
    }
    try {
      const begun = run.begin(openAndKeep, speaker).then(() => true)
      if (await Promise.race([begun, stopped])) {
        this.#isReady = true
        this.#events.onReady()
        const over = new Promise<void>((resolve) => {
          look = setInterval(() => isOver(run) && resolve(), 50)
        })
        await Promise.race([over, stopped])
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      run.fail(failure.message)
    }
    clearInterval(look)
    this.#isReady = false
    this.#microphone?.close()
    this.#microphone = undefined
    this.#monitor?.pause()
    const isStopped = hasEnd && !failure && !isOver(run)
    const isUnanswered = hasEnd && run.isAnswerOwed && run.isQuietFor(longestAnswerMs, longestAnswerMs)
    const { trace, problem } = await run.end(isStopped ? 'stopped' : isUnanswered ? 'unanswered' : 'alive')
    this.#run = undefined
    this.#events.onEnd(trace, run, failure ?? problem)
    return trace
  }

  /** Returns the speaker; without one the run goes on in silence. */
  async #openSpeaker(): Promise<Speaker | undefined> {
    try {
      // A speaker whose worklet has crashed is closed.
      if (!this.#speaker || this.#speaker.state === 'closed') {
        this.#speaker = await openSpeaker({ workletUrl })
      }
    } catch (error) {
      this.#events.onNotice(error)
    }
    return this.#speaker
  }

  /** Lets the visitor hear the recorded user. */
  #listenTo(speech: string): void {
    this.#monitor = new Audio(`/speech/${speech}.wav`)
    // If the browser forbids it, the run goes on in silence.
    this.#monitor.play().catch(() => {})
  }
}
