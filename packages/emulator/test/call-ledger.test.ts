import { describe, expect, it } from 'vitest'
import { CallLedger } from '../src/call-ledger.ts'

describe('CallLedger', () => {
  it('remembers all pending calls, and the thousand that ended last', () => {
    const ledger = new CallLedger()
    const open = (id: string) => ledger.open([{ id, name: 'f', blocking: false }], 'Hm.')
    open('pending')
    for (let number = 0; number <= 1000; number++) {
      open(`${number}`)
      ledger.settle(`${number}`, number % 2 === 0 ? 'answered' : 'cancelled')
    }
    expect(['pending', '0', '1', '1000'].map((id) => ledger.look(id))).toEqual([
      'pending',
      'unknown',
      'cancelled',
      'answered',
    ])
  })

  it('forgets an id that was used twice a thousand calls after its later use', () => {
    const ledger = new CallLedger()
    const settle = (id: string) => {
      ledger.open([{ id, name: 'f', blocking: false }], 'Hm.')
      ledger.settle(id, 'answered')
    }
    settle('same')
    for (let number = 0; number < 999; number++) settle(`${number}`)
    settle('same')
    settle('other')
    expect(['same', '0'].map((id) => ledger.look(id))).toEqual(['answered', 'unknown'])
  })

  it('separates the window from calls that do not block', () => {
    const ledger = new CallLedger()
    ledger.open([{ id: 'waits', name: 'f', blocking: true }], 'Hm.')
    expect(ledger.windowOpenedAtMs).toBe(Number.POSITIVE_INFINITY)
    ledger.sent(7)
    ledger.open([{ id: 'goes on', name: 'g', blocking: false }], 'So.')
    ledger.sent(8)
    expect([ledger.blockingIds, ledger.settle('goes on', 'answered'), ledger.windowOpenedAtMs]).toEqual([
      ['waits'],
      { idWas: 'pending', thenSay: 'So.', blocked: false },
      7,
    ])
    expect(ledger.settle('waits', 'answered')).toEqual({ idWas: 'pending', thenSay: 'Hm.', blocked: true })
  })

  it('takes an id that was used twice for that of the later call', () => {
    const ledger = new CallLedger()
    for (const idWas of ['answered', 'cancelled'] as const) {
      ledger.open([{ id: 'same', name: 'f', blocking: true }], 'Hm.')
      expect([ledger.look('same'), ledger.settle('same', idWas)]).toEqual([
        'pending',
        { idWas: 'pending', thenSay: 'Hm.', blocked: true },
      ])
      expect(ledger.look('same')).toBe(idWas)
    }
  })

  it.each([
    [[true, false], true],
    [[false, true], true],
    [[true, true], true],
    [[false, false], false],
  ] as const)(
    'goes on after one answer to an id that pending calls share, blocking: %s',
    (blocking, blocked) => {
      const ledger = new CallLedger()
      for (const blocks of blocking) ledger.open([{ id: 'same', name: 'f', blocking: blocks }], 'Hm.')
      expect(ledger.settle('same', 'answered')).toEqual({ idWas: 'pending', thenSay: 'Hm.', blocked })
      expect([ledger.windowOpenedAtMs, ledger.anyPending, ledger.blockingIds]).toEqual([undefined, false, []])
    },
  )
})
