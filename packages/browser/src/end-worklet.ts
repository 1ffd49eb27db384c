import type { EndCommand, EndReport } from './worklet-messages.ts'

/**
 * Ends a processor, then closes its context. Unless the processor has ended first, Chromium keeps the node and its context for as long as
 * the page lives. No processor runs in a context that is closed or waits for a gesture, so such a context is closed at once.
 */
export function endWorklet(node: AudioWorkletNode): void {
  const { port } = node
  const context = node.context as AudioContext
  const close = (): void => {
    context.onstatechange = null
    port.close()
    context.close().catch(() => {})
  }
  port.onmessage = ({ data }: MessageEvent<Partial<EndReport>>) => data.type === 'ended' && close()
  // If the platform stops the context meanwhile, the processor does not answer.
  context.onstatechange = close
  if (context.state === 'running') port.postMessage({ type: 'end' } satisfies EndCommand)
  else close()
}
