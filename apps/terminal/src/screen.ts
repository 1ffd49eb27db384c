import { type Paint, paintFor } from './paint.ts'

/** An output for text of limited width. A terminal may change its size at any time. */
export interface Screen {
  readonly width: number
  readonly paint: Paint
  /** Whether lines can be redrawn in place. */
  readonly canRedraw: boolean
  write(text: string): void
}

const defaultWidth = 100
/** As wide as a table of one act. */
const narrowest = 34
const widest = 130
/** The lanes of two modes, and the cursor's line below. */
const rowsToRedraw = 18

/** The screen that a stream of a process offers; outside of a terminal, one of 100 columns that can't redraw. */
export function screenFor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Screen {
  // One column less than the terminal has: it may wrap a full line.
  const columns = (): number => (stream.columns ? stream.columns - 1 : defaultWidth)
  const movesCursor = stream.isTTY && environment.TERM !== 'dumb'
  return {
    get width() {
      return Math.min(widest, Math.max(narrowest, columns()))
    },
    paint: paintFor(stream),
    get canRedraw() {
      return movesCursor && columns() >= narrowest && stream.rows >= rowsToRedraw
    },
    write: (text) => stream.write(text),
  }
}

const hideCursor = '\u001b[?25l'
export const showCursor: string = '\u001b[?25h'
const clearRestOfLine = '\u001b[K'
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '')

/** Redraws lines at the bottom of a screen. Each redraw is one write, so that nothing flickers. */
export class LiveLines {
  readonly #screen: Screen
  #height = 0

  constructor(screen: Screen) {
    this.#screen = screen
    screen.write(hideCursor)
  }

  /** Draws the lines over the previous ones, of which there must not be more; below them, if the screen has become too small. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${clearRestOfLine}\n`).join('')
    this.#screen.write(`\r${up(this.#screen.canRedraw ? this.#height : 0)}${text}`)
    this.#height = lines.length
  }

  /** Leaves the lines as they are, and shows the cursor. */
  end(): void {
    this.#screen.write(showCursor)
  }
}
