import { expect, it } from 'vitest'
import { placesDrawn } from '../src/trace/drawn-items.ts'
import type { ItemState } from '../src/trace/lane.ts'

/** A pixel is a millisecond. */
const view = { fromMs: 100, spanMs: 100, width: 100 }

it.each<
  [string, readonly (readonly [from: number, to: number | undefined, state?: ItemState])[], readonly number[]]
>([
  [
    'those in view',
    [
      [0, 90],
      [0, 99],
      [110, 120],
      [150, 190],
      [210, 220],
    ],
    [1, 2, 3],
  ],
  ['one that goes on', [[150, undefined]], [0]],
  [
    'one of those too narrow to be told apart',
    [
      [110, 111],
      [111, 112],
      [112, 113],
      [113, 114],
    ],
    [0, 3],
  ],
  [
    'one of each state',
    [
      [110, 111, 'sent'],
      [111, 112, 'held'],
      [112, 113, 'sent'],
    ],
    [0, 1],
  ],
  [
    'one of those that cover each other',
    [
      [110, 150],
      [111, 150],
      [113, 150],
    ],
    [0, 2],
  ],
  [
    'one of those that come from before the view and end together',
    [
      [0, 150],
      [50, 150],
      [90, 190],
    ],
    [0, 2],
  ],
  [
    'those that begin together and end apart',
    [
      [110, 120],
      [110, 150],
    ],
    [0, 1],
  ],
  [
    'two moments, for the labels',
    [
      [110, 110],
      [110, 110],
      [110, 110],
    ],
    [0, 1],
  ],
])('a lane draws %s', (_, spans, places) => {
  const items = spans.map(([fromMs, toMs, state = 'sent']) => ({ fromMs, toMs, state }))
  expect([...placesDrawn(items, view, 200, 2)]).toEqual(places)
})
