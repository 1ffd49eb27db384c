import { forgottenIn } from '../trace/forgotten.ts'
import type { Trace } from '../trace/trace.ts'
import { wayWords } from '../trace/way.ts'
import { unbroken } from './dom.ts'

/** Names a run for the visitor, by its settings. */
export function nameOf({ way, server: name, model, toolMs, facts }: Trace): string {
  // The model of a run that did not begin is not known.
  const whom =
    name === 'emulator' ? `emulator${model && `, like ${model}`}` : `Google${model && `, ${model}`}`
  const forgotten = forgottenIn(facts)
  // This stands in front: where there is little room, the end of the name is cut off.
  const kept = forgotten ? ` · frames from ${Math.round(forgotten.untilMs / 1000)} s on` : ''
  return unbroken(`${wayWords[way].title}${kept} · ${whom} · tool takes ${(toolMs / 1000).toFixed(1)} s`)
}
