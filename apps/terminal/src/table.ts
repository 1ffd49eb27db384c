import type { Paint, Style } from './paint.ts'
import type { ModeReport } from './report.ts'
import type { ActName } from './take.ts'

/** The figures of one act, in each mode. */
export interface ActReport {
  readonly act: ActName
  readonly modes: readonly ModeReport[]
}

const actTitles: Readonly<Record<ActName, string>> = {
  'bare-sdk': 'bare SDK',
  'boolean-flag': 'boolean flag',
  livegate: 'Livegate',
}

/** The text of a cell, and whether it is good; `null` for neither. */
type Cell = readonly [text: string, isGood: boolean | null]

interface Row {
  readonly title: string
  readonly cell: (report: ModeReport) => Cell
}

const unknown: Cell = ['unknown', null]

const rows: readonly Row[] = [
  {
    title: 'session',
    cell: ({ session }) => (session.alive ? ['alive', true] : [`dead, ${session.code}`, false]),
  },
  {
    title: 'audio lost',
    cell: ({ speech: { lostMs } }) => (lostMs === null ? unknown : [`${lostMs} ms`, lostMs === 0]),
  },
  {
    title: 'speech lost',
    cell: ({ speech: { lostSpokenMs } }) =>
      lostSpokenMs === null ? unknown : [`${lostSpokenMs} ms`, lostSpokenMs === 0],
  },
  {
    title: 'signals lost',
    cell: ({ signals: { offered, lost } }) => {
      if (offered === 0) return ['–', null]
      return lost === null ? unknown : [`${lost.length} of ${offered}`, lost.length === 0]
    },
  },
  {
    title: 'turns understood',
    cell: ({ turns: { spoken, understood } }) =>
      understood === null ? unknown : [`${understood} of ${spoken}`, understood === spoken],
  },
  {
    title: "last turn's end",
    cell: ({ turns: { lastEnded } }) =>
      lastEnded === null ? unknown : lastEnded ? ['heard', true] : ['not heard', false],
  },
  {
    title: 'last answered',
    cell: ({ turns: { answered } }) => (answered ? ['yes', true] : ['no', false]),
  },
]

const titleWidth = 19
const cellWidth = 15
const narrowCellWidth = 13

/** Draws the acts side by side, with a row for each figure; each act in a table of its own if they don't fit. */
export function drawTable(acts: readonly ActReport[], width: number, paint: Paint): readonly string[] {
  const fits = (cell: number) => titleWidth + cell * acts.length <= width
  if (acts.length > 1 && !fits(narrowCellWidth)) return acts.flatMap((act) => drawTable([act], width, paint))
  const modes = acts[0]?.modes.map(({ mode }) => mode) ?? []
  const columnWidth = fits(cellWidth) ? cellWidth : narrowCellWidth
  const rule = paint('faint', '─'.repeat(titleWidth + columnWidth * acts.length))
  const header = acts
    .map(({ act }) => actTitles[act].padEnd(columnWidth))
    .join('')
    .trimEnd()
  const lines = [`${' '.repeat(titleWidth)}${paint('strong', header)}`, rule]
  for (const mode of modes) {
    lines.push(paint('strong', mode))
    for (const { title, cell } of rows) {
      const cells = acts.map(({ modes }) => {
        const report = modes.find((candidate) => candidate.mode === mode)
        return report ? drawCell(cell(report), columnWidth, paint) : ' '.repeat(columnWidth)
      })
      lines.push(`  ${title.padEnd(titleWidth - 2)}${cells.join('')}`.trimEnd())
    }
    lines.push(rule)
  }
  return lines
}

function drawCell([text, isGood]: Cell, width: number, paint: Paint): string {
  if (isGood === null) return paint('faint', `  ${text}`) + padding(text, width)
  const style: Style = isGood ? 'good' : 'bad'
  return paint(style, `${isGood ? '✓' : '✗'} ${text}`) + padding(text, width)
}

/** Blanks outside of the colours, so that no line ends in coloured blanks. */
function padding(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - 2 - text.length))
}
