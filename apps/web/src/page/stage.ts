import { type Microphone, openMicrophone, openSpeaker, type Speaker } from '@livegate/browser'
import type { Fact } from '../trace/fact.ts'
import type { Trace } from '../trace/trace.ts'
import { loadSpeech, playRecording, type RecordedMicrophone } from './recorded-microphone.ts'
import { Run, type RunSettings } from './run.ts'

const workletUrl = '/worklet.js'

/** Nothing more is to come after so much quiet, once a recording is over. */
const quietMs = 1100

/** A run with a recording is over after so long, whatever the server does. */
const longestMs = 45_000

export interface StageEvents {
  readonly onBegin: (run: Run) => void
  readonly onFact: (fact: Fact, run: Run) => void
  /** Is told of the trace, whatever came of the run, and of what kept it from beginning. */
  readonly onEnd: (trace: Trace, run: Run, error?: Error) => void
}

/** Where runs take place, one at a time: microphone, speaker, and the run that is going on. */
export class Stage {
  readonly #server: Trace['server']
  readonly #events: StageEvents
  #speaker: Promise<Speaker | undefined> | undefined
  #run: Run | undefined
  #microphone: Microphone | undefined
  #monitor: HTMLAudioElement | undefined
  #finish: () => void = () => {}

  constructor(server: Trace['server'], events: StageEvents) {
    this.#server = server
    this.#events = events
  }

  get run(): Run | undefined {
    return this.#run
  }

  get microphone(): Microphone | undefined {
    return this.#microphone
  }

  /** What there is of the speaker; it is opened by the first run. */
  readonly speakerLevel: () => number = () => this.#openSpeaker?.level ?? 0
  #openSpeaker: Speaker | undefined

  /** Plays a run with a recording to its end; resolves with its trace. */
  async playRecorded(settings: RunSettings, speech: string): Promise<Trace> {
    const samples = await loadSpeech(speech)
    let recorded: RecordedMicrophone | undefined
    const open = (): Promise<Microphone> => {
      recorded = playRecording(samples)
      recorded.isResting = settings.mode === 'push-to-talk'
      if (!recorded.isResting) this.#listenTo(speech)
      return Promise.resolve(recorded)
    }
    const isOver = (run: Run): boolean => {
      if (!recorded) return run.isClosed
      return recorded.isOver && (run.isClosed || run.isQuietFor(quietMs) || run.journal.nowMs > longestMs)
    }
    return this.#play(settings, open, settings.mode === 'push-to-talk' ? (run) => run.isClosed : isOver)
  }

  /** A run with the user's own voice; it ends when {@link stop} is called, or the server ends it. */
  async talk(settings: RunSettings): Promise<Trace> {
    const microphone = await openMicrophone({ workletUrl })
    return this.#play(
      settings,
      () => Promise.resolve(microphone),
      (run) => run.isClosed,
    )
  }

  /** Ends the run that is going on. */
  stop(): void {
    this.#finish()
  }

  press(): void {
    if (this.#microphone && 'isResting' in this.#microphone) this.#microphone.isResting = false
    this.#run?.press()
  }

  release(): void {
    if (this.#microphone && 'isResting' in this.#microphone) this.#microphone.isResting = true
    this.#run?.release()
  }

  async #play(
    settings: RunSettings,
    open: () => Promise<Microphone>,
    isOver: (run: Run) => boolean,
  ): Promise<Trace> {
    this.#speaker ??= openSpeaker({ workletUrl }).catch(() => undefined)
    this.#openSpeaker = await this.#speaker
    const run = new Run({
      settings,
      server: this.#server,
      onFact: (fact) => this.#events.onFact(fact, run),
    })
    this.#run = run
    this.#events.onBegin(run)
    let problem: Error | undefined
    try {
      const over = new Promise<void>((resolve) => {
        this.#finish = resolve
      })
      const begun = run.begin(async () => {
        this.#microphone = await open()
        return this.#microphone
      }, this.#openSpeaker)
      await Promise.race([begun, over])
      const look = setInterval(() => isOver(run) && this.#finish(), 50)
      await over
      clearInterval(look)
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error))
      run.fail(problem.message)
    }
    this.#microphone?.close()
    this.#microphone = undefined
    this.#monitor?.pause()
    const trace = await run.end()
    this.#run = undefined
    this.#events.onEnd(trace, run, problem)
    return trace
  }

  /** Lets the visitor hear the recorded user. */
  #listenTo(speech: string): void {
    this.#monitor = new Audio(`/speech/${speech}.wav`)
    // Where the browser forbids it, the run is seen and not heard.
    this.#monitor.play().catch(() => {})
  }
}
