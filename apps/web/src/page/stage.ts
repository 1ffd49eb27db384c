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

/** Why nothing else can begin, or be shown. */
export const goesOn = 'A conversation is going on: stop it first.'

/** Nothing more is to come after so much quiet, once a recording is over. */
const quietMs = 1100

/** A run with a recording is over after so long, whatever the server does. */
const longestMs = 45_000

/** What a state of the microphone means for its user; `lost` comes with an error that says it. */
const stateWords: { readonly [state in MicrophoneState]?: string } = {
  blocked: 'The browser does not let the page hear yet: click anywhere on it.',
  paused: 'The microphone is paused, as while the page is hidden or a call comes in. It goes on by itself.',
}

export interface StageEvents {
  /** Something goes on from here to the end, whether or not a run comes of it. */
  readonly onBusyChange: () => void
  readonly onBegin: (run: Run) => void
  /** The run hears, and is heard. */
  readonly onReady: () => void
  readonly onFact: (fact: Fact, run: Run) => void
  /** Something that users should know of, and that ends nothing; undefined when it is past. */
  readonly onNotice: (notice: unknown) => void
  /** Is told of the trace, whatever came of the run, and of what went wrong with it. */
  readonly onEnd: (trace: Trace, run: Run, error?: Error) => void
}

/** How a run goes along. */
interface Course {
  readonly open: () => Microphone
  readonly isOver: (run: Run) => boolean
  /** Whether it comes to an end by itself; what does not is ended by the user, and not too early. */
  readonly hasEnd: boolean
}

/** Where runs take place, one at a time: microphone, speaker, and the run that is going on. */
export class Stage {
  readonly #server: Trace['server']
  readonly #events: StageEvents
  #speaker: Speaker | undefined
  #run: Run | undefined
  #isReady = false
  #microphone: Microphone | undefined
  #monitor: HTMLAudioElement | undefined
  /** Ends what goes on; undefined when nothing does. */
  #stop: (() => void) | undefined

  constructor(server: Trace['server'], events: StageEvents) {
    this.#server = server
    this.#events = events
  }

  /** Whether something goes on: from the moment it is asked for, be it that the browser still asks for the microphone. */
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

  /** What there is of the speaker; it is opened by the first run. */
  readonly speakerLevel: () => number = () => this.#speaker?.level ?? 0

  /** Plays a run with a recording to its end; resolves with its trace, or nothing when it was stopped before it began. */
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
        return recorded.isOver && (run.isClosed || run.isQuietFor(quietMs) || run.journal.nowMs > longestMs)
      }
      return this.#play(settings, { open, isOver, hasEnd: settings.mode === 'hands-free' }, stopped)
    })
  }

  /** A run with the user's own voice; it ends when {@link stop} is called, or the server ends it. */
  talk(settings: RunSettings): Promise<Trace | undefined> {
    return this.#alone(async (stopped) => {
      const opening = openMicrophone({ workletUrl })
      const microphone = await Promise.race([opening, stopped])
      if (!microphone) {
        // The browser may go on asking for it; nobody waits for the answer any more.
        void opening.then((late) => late.close()).catch(() => {})
        return undefined
      }
      const tell = (state: MicrophoneState, error?: Error): void => {
        if (state !== 'closed') this.#events.onNotice(error ?? stateWords[state])
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

  /** Ends what is going on. */
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
    const { trace, problem } = await run.end(hasEnd && !failure && !isOver(run))
    this.#run = undefined
    this.#events.onEnd(trace, run, failure ?? problem)
    return trace
  }

  /** The speaker; without one a run is seen and not heard. */
  async #openSpeaker(): Promise<Speaker | undefined> {
    try {
      // One whose worklet has crashed is closed.
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
    // Where the browser forbids it, the run is seen and not heard.
    this.#monitor.play().catch(() => {})
  }
}
