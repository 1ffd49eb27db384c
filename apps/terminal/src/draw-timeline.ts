import type { Paint, Style } from './paint.ts'
import { frameMs } from './speech.ts'
import type { TimelineEntry } from './timeline.ts'

export interface TimelineView {
  readonly entries: readonly TimelineEntry[]
  /** The loudness of each frame of the recording. */
  readonly levels: readonly number[]
  /** How far the recording has been played. */
  readonly playedMs: number
  /** The time that the whole width represents. */
  readonly spanMs: number
  readonly width: number
}

interface Cell {
  readonly glyph: string
  readonly style: Style
}

type Lane = 'mic' | 'sent' | 'gate' | 'tool' | 'model'

const lanes: readonly Lane[] = ['mic', 'sent', 'gate', 'tool', 'model']
const labelWidth = 9

const stretchCells: { readonly [state: string]: readonly [Lane, string, Style] } = {
  sent: ['sent', '━', 'good'],
  held: ['sent', '░', 'waiting'],
  lost: ['sent', '×', 'bad'],
  open: ['gate', '─', 'faint'],
  shut: ['gate', '█', 'waiting'],
  running: ['tool', '▓', 'tool'],
  speaking: ['model', '▚', 'model'],
}

/** The glyphs of the signals, by their fate. */
const signalGlyphs = {
  activityStart: { sent: '▲', held: '△', lost: '✗' },
  activityEnd: { sent: '▼', held: '▽', lost: '✗' },
} as const

const fateStyles = { sent: 'good', held: 'waiting', lost: 'bad' } as const

const loudnessGlyphs = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Draws the legend of the glyphs, in lines of at most `width` columns. */
export function drawLegend(width: number, paint: Paint): readonly string[] {
  const items = [
    ['speech', '▂▅▇', 'speech'],
    ['good', '▲▼', 'activityStart, activityEnd'],
    ['good', '━', 'sent at once'],
    ['waiting', '░ △▽', 'held'],
    ['waiting', '»', 'held input leaves'],
    ['bad', '× ✗', 'never arrived'],
    ['waiting', '█', 'gate shut'],
    ['tool', '▓', 'tool running'],
    ['model', '▚', 'model speaking'],
    ['model', '┤', 'interrupted'],
    ['bad', '✖', 'session closed'],
  ] as const
  const lines: { text: string; columns: number }[] = []
  for (const [style, glyphs, meaning] of items) {
    const text = `${paint(style, glyphs)} ${meaning}`
    const columns = glyphs.length + 1 + meaning.length
    const last = lines.at(-1)
    if (last && last.columns + 3 + columns <= width) {
      lines[lines.length - 1] = { text: `${last.text}   ${text}`, columns: last.columns + 3 + columns }
    } else {
      lines.push({ text, columns })
    }
  }
  return lines.map(({ text }) => text)
}

/** Draws the swim lanes of one conversation, with a time axis below. */
export function drawTimeline(view: TimelineView, paint: Paint): readonly string[] {
  const columns = view.width - labelWidth
  const columnMs = view.spanMs / columns
  const columnOf = (atMs: number): number => Math.min(columns - 1, Math.floor(atMs / columnMs))
  const rows = new Map(lanes.map((lane) => [lane, new Array<Cell | undefined>(columns).fill(undefined)]))
  const put = (lane: Lane, column: number, glyph: string, style: Style): void => {
    const row = rows.get(lane)
    if (row) row[column] = { glyph, style }
  }

  for (let column = 0; column < columns; column++) {
    const toMs = Math.min(view.playedMs, (column + 1) * columnMs)
    const heard = view.levels.slice(Math.floor((column * columnMs) / frameMs), Math.ceil(toMs / frameMs))
    put('mic', column, loudnessGlyph(Math.max(0, ...heard)), 'speech')
  }
  for (const entry of inDrawingOrder(view.entries)) {
    if (!('fromMs' in entry)) continue
    const cell = stretchCells[entry.state]
    if (!cell || entry.toMs <= entry.fromMs) continue
    for (let column = columnOf(entry.fromMs); column <= columnOf(entry.toMs - 1); column++)
      put(cell[0], column, cell[1], cell[2])
  }
  for (const entry of view.entries) {
    if ('fromMs' in entry) continue
    const column = columnOf(entry.atMs)
    switch (entry.state) {
      case 'replayed':
        put('gate', column, '»', 'waiting')
        break
      case 'interrupted':
        put('model', column, '┤', 'model')
        break
      case 'activityStart':
      case 'activityEnd':
        put('mic', column, signalGlyphs[entry.state][entry.fate], fateStyles[entry.fate])
        break
      case 'closed':
        for (const lane of lanes) put(lane, column, lane === 'sent' ? '✖' : '┃', 'bad')
        break
      default:
        entry satisfies never
    }
  }
  const isGated = view.entries.some(({ lane }) => lane === 'gate')
  if (!isGated && view.playedMs > 0) {
    for (const [index, glyph] of [...'none'].entries()) put('gate', index, glyph, 'faint')
  }
  return [
    ...lanes.map(
      (lane) => `${paint('faint', `  ${lane}`.padEnd(labelWidth))}${render(rows.get(lane) ?? [], paint)}`,
    ),
    `${' '.repeat(labelWidth)}${paint('faint', axis(columns, columnMs))}`,
  ]
}

/** Sorts entries so that the worst is drawn last, because it covers the others in its column. */
function inDrawingOrder(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const order = ['sent', 'held', 'lost']
  return entries.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
}

/** Picks a glyph on a logarithmic scale, from the noise of a quiet room to a voice near the microphone. */
function loudnessGlyph(level: number): string {
  const quiet = 150
  const loud = 12_000
  const share = Math.log(Math.max(level, quiet) / quiet) / Math.log(loud / quiet)
  return (
    loudnessGlyphs[Math.min(loudnessGlyphs.length - 1, Math.ceil(share * (loudnessGlyphs.length - 1)))] ?? ' '
  )
}

function axis(columns: number, columnMs: number): string {
  const marks = new Array<string>(columns).fill('·')
  const write = (column: number, text: string): void => {
    if (column + text.length <= columns) marks.splice(column, text.length, ...text)
  }
  const seconds = Math.floor((columns * columnMs) / 1000)
  const step = Math.max(1, Math.ceil(4 / (1000 / columnMs)))
  for (let second = 0; second <= seconds; second += step)
    write(Math.floor((second * 1000) / columnMs), `${second} s`)
  return marks.join('')
}

/** Renders a row. Adjacent cells of one style share one colour sequence. */
function render(row: readonly (Cell | undefined)[], paint: Paint): string {
  const runs: { style: Style | undefined; text: string }[] = []
  for (const cell of row) {
    const last = runs.at(-1)
    const glyph = cell?.glyph ?? ' '
    if (last && last.style === cell?.style) last.text += glyph
    else runs.push({ style: cell?.style, text: glyph })
  }
  if (runs.at(-1)?.style === undefined) runs.pop()
  return runs.map(({ style, text }) => (style ? paint(style, text) : text)).join('')
}
