/** A promise that the packages must keep. A law that is not in force has a reason. */
export type Law = {
  readonly id: string
  readonly title: string
} & ({ readonly inForce: true } | { readonly inForce: false; readonly reason: string })

export const laws: readonly Law[] = [
  {
    id: 'G1',
    title: 'Once a blocking call has arrived, no gated input is sent until its window is over.',
    inForce: true,
  },
  {
    id: 'G2',
    title: 'The window is over when no id is pending: neither a count nor the first response ends it.',
    inForce: true,
  },
  {
    id: 'G3',
    title: 'No hold lasts for ever: time ends it, and so does a throw in a handler, an encoder or a send.',
    inForce: true,
  },
  {
    id: 'G4',
    title: 'The server sees each turn of which it heard a part begin once and end once.',
    inForce: true,
  },
  {
    id: 'G5',
    title: 'Every input offered is sent, held, or dropped for a reason that is counted and reported.',
    inForce: true,
  },
  {
    id: 'G6',
    title: 'Inputs leave in the order of their offers, behind the tool response they waited for.',
    inForce: true,
  },
  {
    id: 'G7',
    title: 'A call that is not cancelled is answered once, whatever its handler does, and never again.',
    inForce: true,
  },
  {
    id: 'G8',
    title: "A response carries its call's name, and its id exactly as received, even if that is absent.",
    inForce: true,
  },
  {
    id: 'G9',
    title: 'Facts of an earlier connection have no effect on the current one.',
    inForce: true,
  },
  {
    id: 'G10',
    title: 'A call that does not block, by its declaration or its profile, leaves the gate as it is.',
    inForce: true,
  },
  {
    id: 'G11',
    title:
      'The core has no clock, timer, randomness or I/O of its own, so that the same facts give the same effects.',
    inForce: true,
  },
  {
    id: 'G12',
    title: 'Unknown content passes through, and malformed content is reported; neither ends the process.',
    inForce: true,
  },
]
