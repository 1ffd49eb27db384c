/** A fault that the visitor can choose. */
export interface FaultChoice {
  readonly id: string
  readonly title: string
  /** The emulator's name and parameters for it: see its README. */
  readonly fault: object | undefined
  /** `connecting`: it hits the connection; `talking`: it strikes during the conversation. */
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

/** When a fault that was chosen in advance strikes, in milliseconds after the setup. */
export const strikesAfterMs: number = 2000
