import { describe, expect, it } from 'vitest'
import { screenFor } from '../src/screen.ts'

const terminal = { isTTY: true, columns: 100, rows: 40, write: () => true }

describe('a screen', () => {
  it.each([
    ['that is a terminal', {}, {}, [99, true]],
    ['that is no terminal', { isTTY: false, columns: undefined, rows: undefined }, {}, [100, false]],
    ['that cannot move its cursor', {}, { TERM: 'dumb' }, [99, false]],
    ['that is low', { rows: 17 }, {}, [99, false]],
    ['of 60 columns', { columns: 60 }, {}, [59, true]],
    ['of 40 columns', { columns: 40 }, {}, [39, true]],
    ['too narrow for the lanes', { columns: 39 }, {}, [39, false]],
    ['as wide as a wall', { columns: 300 }, {}, [130, true]],
  ] as const)('%s', (_, change, environment, expected) => {
    const { width, canRedraw } = screenFor(
      { ...terminal, ...change } as unknown as NodeJS.WriteStream,
      environment,
    )
    expect([width, canRedraw]).toEqual(expected)
  })
})
