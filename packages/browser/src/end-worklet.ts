import type { EndCommand, EndReport } from './worklet-messages.ts'

/**
 * Ends a processor, then closes its context. Unless the processor has ended first, Chromium keeps the node and its context for as long as
 * the page lives. In a context that is closed or waits for a gesture no processor runs, so that one is closed at once.
 */
export function endWorklet({ context, port }: AudioWorkletNode): void {
  const close = (): void => {
    port.close()
    ;(context as AudioContext).close().catch(() => {})
  }
  port.onmessage = ({ data }: MessageEvent<Partial<EndReport>>) => {
    if (data.type === 'ended') close()
  }
  // If the platform stops the context meanwhile, the processor does not answer.
  context.onstatechange = close
  if (context.state === 'running') port.postMessage({ type: 'end' } satisfies EndCommand)
  else close()
}
