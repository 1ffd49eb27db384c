import type { EndCommand, EndReport } from './worklet-messages.ts'

/**
 * Ends a processor, and then its context. In this order: Chromium keeps a node, its context and all that belongs to them as long as the
 * page unless its processor has ended, and no processor runs in a context that is closed. One that does not run yet, or not now, costs
 * no device; it ends when it runs.
 */
export function endWorklet({ context, port }: AudioWorkletNode): void {
  port.onmessage = ({ data }: MessageEvent<Partial<EndReport>>) => {
    if (data.type !== 'ended') return
    port.close()
    ;(context as AudioContext).close().catch(() => {})
  }
  port.postMessage({ type: 'end' } satisfies EndCommand)
}
