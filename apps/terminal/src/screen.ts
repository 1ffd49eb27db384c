import type { Paint } from './paint.ts'

/** A place to print on. */
export interface Screen {
  readonly width: number
  readonly paint: Paint
  /** Whether lines can be drawn again where they stand. */
  readonly canRedraw: boolean
  write(text: string): void
}

const hideCursor = '\u001b[?25l'
export const showCursor: string = '\u001b[?25h'
const clearRestOfLine = '\u001b[K'
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '')

/** Lines at the bottom of a screen that are drawn again and again, in one write each time, so that nothing flickers. */
export class LiveLines {
  readonly #screen: Screen
  #height = 0

  constructor(screen: Screen) {
    this.#screen = screen
    screen.write(hideCursor)
  }

  /** Draws the lines over those drawn last; there must not be fewer. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${clearRestOfLine}\n`).join('')
    this.#screen.write(`\r${up(this.#height)}${text}`)
    this.#height = lines.length
  }

  /** Leaves the lines as they are. */
  end(): void {
    this.#screen.write(showCursor)
  }
}
