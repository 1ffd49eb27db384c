import type { CallId } from '@livegate/core'

/** How a lost call is remembered, and a response to it recognised: by the call's id, or by its name if it came without one. */
export function lostCallKey(id: CallId | undefined, name: string | undefined): string {
  return id === undefined ? `name ${name}` : `${typeof id} ${id}`
}
