/** Something that goes wrong, as the page offers it. */
export interface FaultChoice {
  readonly id: string
  readonly title: string
  /** For the emulator: see its README. */
  readonly fault: object | undefined
  /** `connecting`: it meets the connection; `talking`: it strikes when the conversation has begun. */
  readonly when: 'connecting' | 'talking'
}

const talking = (id: string, title: string, fault: object): FaultChoice => ({
  id,
  title,
  fault,
  when: 'talking',
})

export const faults: readonly FaultChoice[] = [
  { id: 'none', title: 'None', fault: undefined, when: 'talking' },
  talking('go-away', 'The connection is about to end (goAway)', { fault: 'go-away', timeLeftMs: 10_000 }),
  talking('latency', 'A slow server: 400 ms late', { fault: 'latency', ms: 400 }),
  talking('drop', 'The connection is cut (1006)', { fault: 'drop' }),
  talking('close', 'The server fails (1011)', {
    fault: 'close',
    code: 1011,
    reason: 'Internal error encountered.',
  }),
  talking('silence', 'The server falls silent', { fault: 'silence' }),
  talking('send', 'A malformed message', { fault: 'send', text: '{"not JSON' }),
  {
    id: 'refuse',
    title: 'The connection is refused (429)',
    fault: { fault: 'refuse', status: 429 },
    when: 'connecting',
  },
]

/** When a fault strikes that was chosen before, in milliseconds after the session is set up. */
export const strikesAfterMs: number = 2000
