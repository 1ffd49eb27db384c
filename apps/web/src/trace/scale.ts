/** The part of a run that is in view, and its width on the screen. */
export interface View {
  readonly fromMs: number
  readonly spanMs: number
  /** Pixels. */
  readonly width: number
}

/** The limits of the time that a view shows. */
const shortestSpanMs = 200
const longestSpanMs = 1_800_000

/** Returns the pixel of a moment. */
export const xOf = (view: View, atMs: number): number => ((atMs - view.fromMs) / view.spanMs) * view.width

/** Returns the moment at a pixel. */
export const msAt = (view: View, x: number): number => view.fromMs + (x / view.width) * view.spanMs

/** Shows `factor` times as much time, and keeps the moment at pixel `x` where it is. */
export function zoom(view: View, factor: number, x: number = view.width / 2): View {
  const spanMs = Math.min(longestSpanMs, Math.max(shortestSpanMs, view.spanMs * factor))
  return within({ ...view, spanMs, fromMs: msAt(view, x) - (x / view.width) * spanMs })
}

/** Moves by a share of the view. */
export const pan = (view: View, share: number): View =>
  within({ ...view, fromMs: view.fromMs + share * view.spanMs })

/** Shows a whole run, with a little space after it. */
export const showAll = (view: View, endMs: number): View => ({
  ...view,
  fromMs: 0,
  spanMs: Math.max(4000, endMs * 1.04),
})

/**
 * Keeps the present in view: the run first fills the view, then moves through it.
 *
 * @param inSteps whether to move rarely, by half a view, for visitors who prefer less motion.
 */
export function follow(view: View, nowMs: number, least: number, inSteps: boolean = false): View {
  const spanMs = Math.max(view.spanMs, Math.min(least, longestSpanMs))
  const fromMs = Math.max(0, nowMs - spanMs * 0.94)
  const step = spanMs / 2
  return { ...view, spanMs, fromMs: inSteps ? Math.ceil(fromMs / step) * step : fromMs }
}

/** Keeps a view from starting before the run. */
const within = (view: View): View => ({ ...view, fromMs: Math.max(0, view.fromMs) })

/** A mark on the axis. */
export interface Tick {
  readonly atMs: number
  readonly label: string
}

const steps = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000]
const longestStep = 600_000

/** Returns marks at round times, at least `leastPixels` apart. */
export function ticks(view: View, leastPixels: number = 72): readonly Tick[] {
  const least = (leastPixels / view.width) * view.spanMs
  // A file may contain any time: the number of marks is bounded for any view.
  const step = steps.find((candidate) => candidate >= least) ?? Math.ceil(least / longestStep) * longestStep
  const digits = step < 100 ? 2 : step < 1000 ? 1 : 0
  const marks: Tick[] = []
  const endMs = view.fromMs + view.spanMs
  let atMs = Math.ceil(view.fromMs / step) * step
  // A step that is added to a very late time may not change it.
  for (; atMs <= endMs && atMs !== marks.at(-1)?.atMs; atMs += step)
    marks.push({ atMs, label: `${(atMs / 1000).toFixed(digits)} s` })
  return marks
}
