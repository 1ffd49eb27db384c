import { describe, expect, it } from 'vitest'
import { CallLedger } from '../src/call-ledger.ts'

describe('CallLedger', () => {
  it('remembers all calls that are pending, and the thousand that ended last', () => {
    const ledger = new CallLedger()
    const open = (id: string) => ledger.open([{ id, name: 'f', blocking: false }], 'Hm.', 0)
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

  it('knows an id that was given twice by its later call', () => {
    const ledger = new CallLedger()
    for (const idWas of ['answered', 'cancelled'] as const) {
      ledger.open([{ id: 'same', name: 'f', blocking: true }], 'Hm.', 0)
      expect([ledger.look('same'), ledger.settle('same', idWas)]).toEqual([
        'pending',
        { idWas: 'pending', thenSay: 'Hm.', blocked: true },
      ])
      expect(ledger.look('same')).toBe(idWas)
    }
  })
})
