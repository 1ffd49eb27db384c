import type { Item } from './lane.ts'
import { type View, xOf } from './scale.ts'

/** The width in pixels that can be seen and clicked. */
export const leastItemWidth = 3

/** How far outside the view an item may lie and still be drawn, in pixels. */
const margin = 2

/**
 * Returns the places of the items of a lane that are drawn: those in view. Of items that cannot be told apart, because they are too narrow
 * or cover each other, it is one of each state, and of moments as many as there are rows for labels: a file may have thousands.
 *
 * @param items in order of time.
 * @param nowMs the end of items that go on.
 */
export function placesDrawn(
  items: readonly Pick<Item, 'fromMs' | 'toMs' | 'state'>[],
  view: View,
  nowMs: number,
  labelRows: number,
): ReadonlySet<number> {
  const places = new Set<number>()
  const drawn = new Map<string, number>()
  let column = Number.NEGATIVE_INFINITY
  for (const [place, { fromMs, toMs = nowMs, state }] of items.entries()) {
    const left = Math.max(-margin, xOf(view, fromMs))
    const right = Math.min(view.width + margin, xOf(view, toMs))
    if (right < -margin || left > view.width + margin) continue
    if (left >= column + leastItemWidth) {
      column = left
      drawn.clear()
    }
    const isNarrow = right - left < leastItemWidth
    const look = isNarrow ? state : `${state} to ${Math.floor(right / leastItemWidth)}`
    const count = (drawn.get(look) ?? 0) + 1
    drawn.set(look, count)
    if (count <= (toMs === fromMs ? labelRows : 1)) places.add(place)
  }
  return places
}
