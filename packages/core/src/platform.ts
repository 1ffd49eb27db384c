/** The platform's own `AbortSignal` where the compilation knows one (DOM or Node types), else the part that core needs. */
export type CallSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean; readonly reason: unknown }

interface CallAbortController {
  readonly signal: CallSignal
  abort(reason: unknown): void
}

/** What every platform has and the language lacks. */
declare const AbortController: new () => CallAbortController

export function newAbortController(): CallAbortController {
  return new AbortController()
}
