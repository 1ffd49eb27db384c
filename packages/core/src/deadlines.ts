import { checkObject, checkTimeout, refuseOthers } from './check-option.ts'

/** How long things may take, in milliseconds; `Infinity` for ever. */
export interface Deadlines {
  /** For calls with a handler; at the deadline they are answered with an error (G3). Default 30 000. */
  readonly handlerMs?: number | undefined
  /** The same for calls answered by hand. Default 300 000. */
  readonly byHandMs?: number | undefined
  /** From `connect` to the server's `setupComplete`; at the deadline the session is closed. Default 30 000. */
  readonly setupMs?: number | undefined
  /** While more than `maxBufferedBytes` wait in the transport; at the deadline the gate opens anyway. Default 30 000. */
  readonly backpressureMs?: number | undefined
}

/** Every deadline, given or not. */
export type AllDeadlines = { readonly [name in keyof Deadlines]-?: number }

/** @throws {LivegateError} `invalid-options`, naming the field. */
export function readDeadlines(given: Deadlines | undefined): AllDeadlines {
  checkObject('deadlines', given)
  const {
    handlerMs = 30_000,
    byHandMs = 300_000,
    setupMs = 30_000,
    backpressureMs = 30_000,
    ...others
  } = given ?? {}
  refuseOthers('deadlines.', others)
  const deadlines = { handlerMs, byHandMs, setupMs, backpressureMs }
  for (const [name, timeoutMs] of Object.entries(deadlines)) checkTimeout(`deadlines.${name}`, timeoutMs)
  return deadlines
}
