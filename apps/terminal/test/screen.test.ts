import { describe, expect, it } from 'vitest'
import { LiveLines, screenFor } from '../src/screen.ts'

const terminal = { isTTY: true, columns: 100, rows: 40, write: () => true }

describe('a screen', () => {
  it.each([
    ['that is a terminal', {}, {}, [99, true]],
    ['that is no terminal', { isTTY: false, columns: undefined, rows: undefined }, {}, [100, false]],
    ['that cannot move its cursor', {}, { TERM: 'dumb' }, [99, false]],
    ['that is low', { rows: 17 }, {}, [99, false]],
    ['of 60 columns', { columns: 60 }, {}, [59, true]],
    ['of 35 columns', { columns: 35 }, {}, [34, true]],
    ['too narrow for the table', { columns: 34 }, {}, [34, false]],
    ['as wide as a wall', { columns: 300 }, {}, [130, true]],
  ] as const)('%s', (_, change, environment, expected) => {
    const { width, canRedraw } = screenFor(
      { ...terminal, ...change } as unknown as NodeJS.WriteStream,
      environment,
    )
    expect([width, canRedraw]).toEqual(expected)
  })

  it('changes with its terminal', () => {
    const stream = { ...terminal }
    const screen = screenFor(stream as unknown as NodeJS.WriteStream, {})
    const seen = [60, 34, 100].map((columns) => {
      stream.columns = columns
      return [screen.width, screen.canRedraw]
    })
    expect(seen).toEqual([
      [59, true],
      [34, false],
      [99, true],
    ])
  })
})

it('lines are drawn below the last ones, not over what is above, when the screen has become too small', () => {
  const written: string[] = []
  const screen = { width: 40, paint: (_: unknown, text: string) => text, canRedraw: true }
  const lines = new LiveLines({
    ...screen,
    get canRedraw() {
      return screen.canRedraw
    },
    write: (text) => written.push(text),
  })
  lines.draw(['one'])
  lines.draw(['two'])
  screen.canRedraw = false
  lines.draw(['three'])
  expect(written.slice(1)).toEqual(['\rone\u001b[K\n', '\r\u001b[1Atwo\u001b[K\n', '\rthree\u001b[K\n'])
})
