import { describe, expect, it } from 'vitest'
import { follow, msAt, pan, showAll, ticks, type View, xOf, zoom } from '../src/trace/scale.ts'

const view: View = { fromMs: 1000, spanMs: 2000, width: 400 }

describe('a view', () => {
  it.each([
    [1000, 0],
    [2000, 200],
    [3000, 400],
    [500, -100],
  ])('has %i ms at pixel %i, and back', (ms, x) => {
    expect([xOf(view, ms), msAt(view, x)]).toEqual([x, ms])
  })

  it.each<[string, View, Partial<View>]>([
    ['zooms in about its middle', zoom(view, 0.5), { fromMs: 1500, spanMs: 1000 }],
    ['zooms about a pixel, which stays where it is', zoom(view, 0.5, 0), { fromMs: 1000, spanMs: 1000 }],
    ['does not begin before the run', zoom(view, 4), { fromMs: 0, spanMs: 8000 }],
    ['zooms in no further than frames', zoom(view, 0.0001, 0), { fromMs: 1000, spanMs: 200 }],
    ['zooms out no further than half an hour', zoom(view, 1e9, 0), { fromMs: 1000, spanMs: 1_800_000 }],
    ['moves along', pan(view, 0.5), { fromMs: 2000, spanMs: 2000 }],
    ['moves back to the beginning at most', pan(view, -9), { fromMs: 0, spanMs: 2000 }],
    ['shows all of a run', showAll(view, 10_000), { fromMs: 0, spanMs: 10_400 }],
    ['shows four seconds at least', showAll(view, 100), { fromMs: 0, spanMs: 4000 }],
    ['stays at the beginning until it is full', follow(view, 5000, 12_000), { fromMs: 0, spanMs: 12_000 }],
    ['follows it in steps', follow(view, 20_000, 10_000, true), { fromMs: 15_000, spanMs: 10_000 }],
    ['takes no step before it has to', follow(view, 9000, 10_000, true), { fromMs: 0, spanMs: 10_000 }],
    ['keeps what is wider than it has to be', follow(view, 20_000, 1000), { fromMs: 18_120, spanMs: 2000 }],
    ['follows no more than half an hour', follow(view, 0, 1e9), { fromMs: 0, spanMs: 1_800_000 }],
    ['follows the present', follow(view, 20_000, 10_000), { fromMs: 10_600, spanMs: 10_000 }],
  ])('%s', (_, changed, expected) => {
    expect(changed).toEqual({ ...view, ...expected })
  })
})

describe('ticks', () => {
  it.each<[string, View, readonly string[]]>([
    ['stand at round times in view', { fromMs: 900, spanMs: 2200, width: 200 }, ['1 s', '2 s', '3 s']],
    [
      'are finer where there is room',
      { fromMs: 0, spanMs: 400, width: 400 },
      ['0.0 s', '0.1 s', '0.2 s', '0.3 s', '0.4 s'],
    ],
    [
      'are at most as near to each other as was asked for',
      { fromMs: 0, spanMs: 1000, width: 72 },
      ['0 s', '1 s'],
    ],
    ['are as fine as frames', { fromMs: 0, spanMs: 40, width: 144 }, ['0.00 s', '0.02 s', '0.04 s']],
    ['are of tenths from 100 ms', { fromMs: 0, spanMs: 200, width: 144 }, ['0.0 s', '0.1 s', '0.2 s']],
    ['are coarse for long runs', { fromMs: 0, spanMs: 120_000, width: 200 }, ['0 s', '60 s', '120 s']],
    [
      'are as few for whatever a file holds',
      { fromMs: 0, spanMs: 1_200_000_000, width: 144 },
      ['0 s', '600000 s', '1200000 s'],
    ],
    ['are as few however late', zoom(showAll(view, 1e300), 0.5), ['5.200000000000001e+296 s']],
  ])('%s', (_, each, labels) => {
    expect(ticks(each).map(({ label }) => label)).toEqual(labels)
  })
})
