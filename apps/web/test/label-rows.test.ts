import { expect, it } from 'vitest'
import { rowsOf } from '../src/trace/label-rows.ts'

it.each<[string, readonly (readonly [left: number, width: number])[], readonly number[]]>([
  ['none', [], []],
  [
    'labels that are apart',
    [
      [0, 30],
      [30, 30],
      [90, 30],
    ],
    [0, 0, 0],
  ],
  [
    'one that would cover the one before',
    [
      [0, 30],
      [29, 30],
      [60, 30],
    ],
    [0, 1, 0],
  ],
  [
    'three in one place',
    [
      [0, 30],
      [1, 30],
      [2, 30],
    ],
    [0, 1, 2],
  ],
  [
    'more than there are rows: the last goes where it covers least',
    [
      [0, 40],
      [1, 30],
      [2, 50],
      [3, 30],
    ],
    [0, 1, 2, 1],
  ],
])('finds rows for %s', (_, labels, rows) => {
  expect(
    rowsOf(
      labels.map(([left, width]) => ({ left, width })),
      3,
    ),
  ).toEqual(rows)
})
