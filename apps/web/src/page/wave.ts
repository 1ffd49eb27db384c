import { type Frame, firstFrom } from '../trace/frames.ts'
import type { Lanes } from '../trace/lane.ts'
import { msAt, type View, xOf } from '../trace/scale.ts'
import { draw } from './dom.ts'

const fates = ['idle', 'sent', 'replayed', 'held', 'dropped'] as const

/** Pixels from one bar to the next. */
const barPitch = 3
const height = 112
const leastBar = 2

/** The height of a level, from 0 to 1: logarithmic, from the noise of a quiet room to a voice near the microphone. */
export function loudness(level: number): number {
  const quiet = 0.004
  const loud = 0.35
  return Math.min(1, Math.max(0, Math.log(Math.max(level, quiet) / quiet) / Math.log(loud / quiet)))
}

/** The microphone's level, each frame in the colour of its fate. */
export class Wave {
  readonly element: SVGSVGElement = draw('svg', { class: 'wave', 'aria-hidden': 'true' })
  readonly #paths: ReadonlyMap<Frame['fate'], SVGPathElement>

  constructor() {
    this.#paths = new Map(fates.map((fate) => [fate, draw('path', { class: `bar is-${fate}` })]))
    this.element.append(...this.#paths.values())
  }

  draw(frames: readonly Frame[], view: View): void {
    const parts = new Map<Frame['fate'], string[]>(fates.map((fate) => [fate, []]))
    let column = Number.NEGATIVE_INFINITY
    let worst: Frame | undefined
    const put = (): void => {
      if (!worst) return
      const half = Math.max(leastBar, loudness(worst.level) * height * 0.86) / 2
      const x = column * barPitch + barPitch / 2
      parts.get(worst.fate)?.push(`M${x} ${height / 2 - half}V${height / 2 + half}`)
    }
    for (const frame of inView(frames, view)) {
      const at = Math.floor(xOf(view, frame.atMs) / barPitch)
      if (at !== column) {
        put()
        worst = undefined
        column = at
      }
      // A column with several frames shows the worst fate, at the height of the loudest.
      if (!worst) worst = frame
      else {
        const isWorse = fates.indexOf(frame.fate) > fates.indexOf(worst.fate)
        worst = { ...(isWorse ? frame : worst), level: Math.max(frame.level, worst.level) }
      }
    }
    put()
    for (const [fate, path] of this.#paths) path.setAttribute('d', parts.get(fate)?.join('') ?? '')
  }
}

/** The frames in view, and one before them, which may reach into it. */
function inView(frames: readonly Frame[], view: View): readonly Frame[] {
  const from = Math.max(0, firstFrom(frames, view.fromMs) - 1)
  return frames.slice(from, firstFrom(frames, msAt(view, view.width)))
}

const flowHeight = 22
/** The width of a band where it leaves. */
const bandEnd = 4

/** Bands from where audio was held to where it was sent. */
export class Flow {
  readonly #path: SVGPathElement = draw('path')
  readonly element: SVGSVGElement = draw('svg', { class: 'flow' }, this.#path)

  draw({ items, frames }: Lanes, view: View): void {
    const held = items.filter(
      ({ lane, state, fromMs, toMs }) => lane === 'microphone' && state === 'replayed' && toMs !== fromMs,
    )
    const bands = held.flatMap(({ fromMs, toMs = fromMs }) => {
      const leftMs = frames[firstFrom(frames, fromMs)]?.leftMs
      if (leftMs === undefined || leftMs - fromMs < 40) return []
      if (xOf(view, leftMs) < -bandEnd || xOf(view, fromMs) > view.width) return []
      const [from, to, left] = [fromMs, toMs, leftMs].map((ms) => xOf(view, ms)) as [number, number, number]
      const end = left + bandEnd
      return [
        `M${from} 0H${to}C${to} ${flowHeight * 0.7} ${end} ${flowHeight * 0.3} ${end} ${flowHeight}H${left}C${left} ${flowHeight * 0.3} ${from} ${flowHeight * 0.7} ${from} 0Z`,
      ]
    })
    this.#path.setAttribute('d', bands.join(''))
  }
}
