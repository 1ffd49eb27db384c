/** What part of a run is in view, and how wide it is drawn. */
export interface View {
  readonly fromMs: number
  readonly spanMs: number
  /** Pixels. */
  readonly width: number
}

/** The least and the most time that a view shows. */
const shortestSpanMs = 200
const longestSpanMs = 1_800_000

/** Where a moment lies in a view, in pixels. */
export const xOf = (view: View, atMs: number): number => ((atMs - view.fromMs) / view.spanMs) * view.width

/** Which moment lies at a pixel. */
export const msAt = (view: View, x: number): number => view.fromMs + (x / view.width) * view.spanMs

/** Shows `factor` times as much time, and keeps the moment at pixel `x` where it is. */
export function zoom(view: View, factor: number, x: number = view.width / 2): View {
  const spanMs = Math.min(longestSpanMs, Math.max(shortestSpanMs, view.spanMs * factor))
  return within({ ...view, spanMs, fromMs: msAt(view, x) - (x / view.width) * spanMs })
}

/** Goes along by a share of what is in view. */
export const pan = (view: View, share: number): View =>
  within({ ...view, fromMs: view.fromMs + share * view.spanMs })

/** Shows all of a run, with a little air behind it. */
export const showAll = (view: View, endMs: number): View => ({
  ...view,
  fromMs: 0,
  spanMs: Math.max(4000, endMs * 1.04),
})

/**
 * Keeps the present in view: the run fills the view first, then moves through it.
 *
 * @param inSteps it moves by half of what is in view, now and then, for those who want less motion.
 */
export function follow(view: View, nowMs: number, least: number, inSteps: boolean = false): View {
  const spanMs = Math.max(view.spanMs, Math.min(least, longestSpanMs))
  const fromMs = Math.max(0, nowMs - spanMs * 0.94)
  const step = spanMs / 2
  return { ...view, spanMs, fromMs: inSteps ? Math.ceil(fromMs / step) * step : fromMs }
}

/** Nothing happens before a run begins. */
const within = (view: View): View => ({ ...view, fromMs: Math.max(0, view.fromMs) })

/** A mark on the axis. */
export interface Tick {
  readonly atMs: number
  readonly label: string
}

const steps = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000]
const longestStep = 600_000

/** Marks at round times, at least `leastPixels` apart. */
export function ticks(view: View, leastPixels: number = 72): readonly Tick[] {
  const least = (leastPixels / view.width) * view.spanMs
  // A file may hold any time: however much is in view, the marks are as few.
  const step = steps.find((candidate) => candidate >= least) ?? Math.ceil(least / longestStep) * longestStep
  const digits = step < 100 ? 2 : step < 1000 ? 1 : 0
  const marks: Tick[] = []
  for (let atMs = Math.ceil(view.fromMs / step) * step; atMs <= view.fromMs + view.spanMs; atMs += step)
    marks.push({ atMs, label: `${(atMs / 1000).toFixed(digits)} s` })
  return marks
}
