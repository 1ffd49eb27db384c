import { verdictOf } from './check.ts'
import type { Audience, Result } from './demo.ts'
import { drawLegend, drawTimeline } from './draw-timeline.ts'
import type { Journal } from './journal.ts'
import type { Mode } from './mode.ts'
import { narrate } from './narration.ts'
import type { Options, PolicyName } from './options.ts'
import { LiveLines, type Screen } from './screen.ts'
import { frameMs, type Speech } from './speech.ts'
import { type ActReport, drawTable } from './table.ts'
import type { ActName } from './take.ts'
import { clip, wrap } from './text.ts'
import type { TimelineEntry } from './timeline.ts'

const redrawMs = 80
const longestTextWidth = 100

/** The room on the time axis for the model's replies after the recording and after the tool. */
const lastReplyMs = 1700
const toolReplyMs = 2700
/** The time from the last word of the first question to the toolCall, hands-free. */
const turnEndMs = 500

/** Shows the demo to people: timelines, live if the screen can redraw, then sentences, and a table. */
export class Show implements Audience {
  readonly #options: Options
  readonly #speech: Speech
  readonly #screen: Screen
  readonly #spanMs: number
  #redrawing: { readonly lines: LiveLines; readonly timer: NodeJS.Timeout } | undefined
  #actsBegun = 0

  constructor(options: Options, speech: Speech, screen: Screen) {
    this.#options = options
    this.#speech = speech
    this.#screen = screen
    const toolEndMs = (speech.utterances[0]?.endFrame ?? 0) * frameMs + turnEndMs + options.toolMs
    this.#spanMs = Math.max(speech.durationMs + lastReplyMs, toolEndMs + toolReplyMs)
  }

  open(): void {
    const { paint, width } = this.#screen
    const { file, toolMs, server } = this.#options
    const said = file
      ? `A user says ${file}`
      : 'A user asks “What is the weather in Dublin?”, pauses, and goes on: “And do I need an umbrella tomorrow?”'
    const where = server.kind === 'google' ? "Google's server" : 'the emulated server'
    this.#print(
      '',
      ...this.#paragraph('strong', 'What happens to the words that a user says while a tool runs?'),
      ...this.#paragraph(
        'faint',
        `${said}${/[?.”]$/.test(said) ? '' : '.'} To answer, the model calls a tool of the app, which takes ${toolMs} ms. ` +
          `The recording is streamed in 20 ms frames, in real time, through @google/genai to ${where}.`,
      ),
      ...this.#paragraph('faint', lanesNote),
      '',
      ...drawLegend(width - 2, paint).map((line) => `  ${line}`),
      '',
    )
  }

  actBegins(act: ActName, journals: ReadonlyMap<Mode, Journal>): void {
    this.#actsBegun++
    const { paint, width, canRedraw } = this.#screen
    const title = `${this.#actsBegun} · ${headingOf(act)}`
    const rule = '━'.repeat(Math.max(0, width - title.length - 4))
    this.#print(
      `${paint('faint', '━━')} ${paint('strong', title)} ${paint('faint', rule)}`,
      ...this.#paragraph('faint', methodOf(act, this.#options.policy)),
      '',
    )
    if (!canRedraw) return
    const lines = new LiveLines(this.#screen)
    const draw = (): void => {
      lines.draw(
        this.#draw([...journals].map(([mode, journal]) => [mode, journal.timeline(), journal.nowMs])),
      )
    }
    draw()
    const redraw = (): void => {
      if (this.#screen.canRedraw) draw()
    }
    this.#redrawing = { lines, timer: setInterval(redraw, redrawMs) }
  }

  actEnds({ modes }: ActReport): void {
    const drawn = this.#draw(modes.map(({ mode, timeline }) => [mode, timeline, this.#speech.durationMs]))
    if (this.#redrawing) this.#redrawing.lines.draw(drawn)
    else this.#print(...drawn)
    this.stop()
    this.#print(...modes.flatMap((report) => this.#paragraph(undefined, narrate(report))), '')
  }

  /** Stops redrawing. It may be called at any time. */
  stop(): void {
    if (!this.#redrawing) return
    clearInterval(this.#redrawing.timer)
    this.#redrawing.lines.end()
    this.#redrawing = undefined
  }

  close({ acts, broken }: Result): void {
    const { paint, width } = this.#screen
    const { policy, server } = this.#options
    const reports = acts.find(({ act }) => act === 'livegate')?.modes ?? []
    const held = broken.length === 0
    this.#print(
      ...drawTable(acts, width - 2, paint).map((line) => `  ${line}`),
      '',
      ...this.#paragraph(held ? 'good' : 'bad', `${held ? '✓' : '✗'} ${verdictOf(policy, reports, broken)}`),
      '',
      ...this.#paragraph('faint', server.kind === 'google' ? googleNote : emulatorNote),
      '',
    )
  }

  /** Draws the lanes of all modes on one time scale. Each mode comes with its timeline and how far the recording was played. */
  #draw(conversations: readonly (readonly [Mode, readonly TimelineEntry[], number])[]): readonly string[] {
    const { paint, width } = this.#screen
    const { levels } = this.#speech
    const endsMs = conversations.flatMap(([, entries]) =>
      entries.map((entry) => ('atMs' in entry ? entry.atMs : entry.toMs)),
    )
    const spanMs = Math.max(this.#spanMs, ...endsMs)
    return conversations.flatMap(([mode, entries, playedMs]) => [
      `  ${paint('strong', mode)}${paint('bad', clip(statusOf(entries), width - mode.length - 2))}`,
      ...drawTimeline({ entries, levels, playedMs, spanMs, width }, paint),
      '',
    ])
  }

  #paragraph(style: Parameters<Screen['paint']>[0] | undefined, text: string): readonly string[] {
    const { paint, width } = this.#screen
    return wrap(text, Math.min(width, longestTextWidth)).map((line) => (style ? paint(style, line) : line))
  }

  #print(...lines: readonly string[]): void {
    this.#screen.write(lines.map((line) => `${line}\n`).join(''))
  }
}

const lanesNote =
  'Lanes: mic, what the user says; sent, what became of it; gate, whether input may leave; ' +
  'tool and model, when they are active.'

const emulatorNote =
  "The server is this project's emulator, not Google's. It closes the session on every input during a call; the real " +
  'server often does. All figures are what the emulator received.'

const googleNote =
  "The server is Google's. It does not tell what it received and what it took for turns: those figures are unknown."

function statusOf(entries: readonly TimelineEntry[]): string {
  const closed = entries.find((entry) => entry.state === 'closed')
  return closed ? `  ✖ closed at ${(closed.atMs / 1000).toFixed(2)} s: ${closed.code} ${closed.reason}` : ''
}

function headingOf(act: ActName): string {
  switch (act) {
    case 'bare-sdk':
      return 'The bare SDK'
    case 'boolean-flag':
      return 'The boolean-flag advice'
    case 'livegate':
      return 'Livegate'
    default:
      return act satisfies never
  }
}

function methodOf(act: ActName, policy: PolicyName): string {
  switch (act) {
    case 'bare-sdk':
      return 'ai.live.connect(params). The microphone streams on while the tool runs.'
    case 'boolean-flag':
      return 'ai.live.connect(params), and a flag that is set at the toolCall and cleared after sendToolResponse. While it is set, input is dropped.'
    case 'livegate':
      return `connectLive(ai, params, …): one changed line. ${policyMeanings[policy]}`
    default:
      return act satisfies never
  }
}

const policyMeanings: Readonly<Record<PolicyName, string>> = {
  hold: 'What the user says while the tool runs is held, and leaves in order behind the response.',
  drop: '--policy drop: while the tool runs, audio is dropped and reported, and signals are held.',
  pass: '--policy pass: nothing is gated, so this server is expected to close the session.',
}
