import { describe, expect, it } from 'vitest'
import { checkPolicy, dropInput, holdInput, type InputPolicy, passInput } from '../src/index.ts'

const bounds = { maxDurationMs: 30_000, maxBytes: 4_000_000 }

describe('the presets', () => {
  it.each([
    ['holdInput', holdInput(), { audio: 'hold', video: 'hold', text: 'hold', ...bounds }],
    [
      'holdInput with a bound',
      holdInput({ maxBytes: 1 }),
      { audio: 'hold', video: 'hold', text: 'hold', ...bounds, maxBytes: 1 },
    ],
    [
      'holdInput with bounds that are absent',
      holdInput({ maxDurationMs: undefined, maxBytes: undefined } as never),
      { audio: 'hold', video: 'hold', text: 'hold', ...bounds },
    ],
    ['dropInput', dropInput(), { audio: 'drop', video: 'drop', text: 'hold', ...bounds }],
    ['passInput', passInput(), { audio: 'pass', video: 'pass', text: 'pass', ...bounds }],
  ])('%s is data', (_, policy, expected) => {
    expect(policy).toEqual(expected)
    expect(checkPolicy(policy)).toBeUndefined()
  })

  it('G5.2: none drops text', () => {
    expect([holdInput(), dropInput(), passInput()].map(({ text }) => text)).not.toContain('drop')
  })
})

describe('checkPolicy', () => {
  it.each<[string, object, string]>([
    ['an unknown rule', { audio: 'keep' }, 'policy.audio must be one of hold,drop,pass; got "keep"'],
    ['a missing rule', { text: undefined }, 'policy.text must be one of hold,drop,pass; got "undefined"'],
    ['a negative bound', { maxDurationMs: -1 }, 'policy.maxDurationMs must be a number from 0; got "-1"'],
    [
      'a bound that is no number',
      { maxBytes: 'much' },
      'policy.maxBytes must be a number from 0; got "much"',
    ],
  ])('refuses %s, naming field and value', (_, change, message) => {
    const policy = { ...holdInput(), ...change } as InputPolicy
    expect(() => checkPolicy(policy)).toThrow(message)
  })

  it('accepts Infinity as a bound', () => {
    const policy = holdInput({ maxDurationMs: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY })
    expect(checkPolicy(policy)).toBeUndefined()
  })
})
