import type { EndCommand, EndReport } from './worklet-messages.ts'

/**
 * Ends a processor, and then its context. In this order: Chromium keeps a node, its context and all that belongs to them as long as the
 * page unless its processor has ended, and no processor runs in a context that is closed, or waits for a gesture.
 */
export function endWorklet({ context, port }: AudioWorkletNode): void {
  const close = (): void => {
    port.close()
    ;(context as AudioContext).close().catch(() => {})
  }
  if (context.state !== 'running') {
    close()
    return
  }
  port.onmessage = ({ data }: MessageEvent<Partial<EndReport>>) => {
    if (data.type === 'ended') close()
  }
  port.postMessage({ type: 'end' } satisfies EndCommand)
}
