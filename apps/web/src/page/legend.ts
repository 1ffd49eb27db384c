import { make } from './dom.ts'

const entries = [
  ['sent', 'sent at once'],
  ['held', 'held'],
  ['replayed', 'held, then sent'],
  ['dropped', 'dropped'],
  ['idle', 'between turns'],
  ['shut', 'gate shut'],
  ['running', 'call pending'],
  ['answered', 'answered'],
  ['interrupted', 'interrupted'],
  ['dead', 'closed'],
] as const

/** Explains the colours. */
export function drawLegend(list: HTMLElement): void {
  list.append(
    ...entries.map(([state, words]) =>
      make('li', {}, make('span', { class: `swatch is-${state}`, 'aria-hidden': 'true' }), words),
    ),
  )
}
