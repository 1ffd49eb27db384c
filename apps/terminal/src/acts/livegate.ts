import { connectLive } from '@livegate/genai'
import type { Conversation, Scene } from './scene.ts'

/** Uses Livegate: `connectLive(ai, params, …)` in place of `ai.live.connect(params)`. */
export async function livegate(scene: Scene): Promise<Conversation> {
  const { ai, params, watch, getWeather, policy, onEvent } = scene
  const session = await connectLive(
    ai,
    { ...params, callbacks: { ...params.callbacks, onmessage: watch } },
    { tools: { get_weather: getWeather }, policy, onEvent },
  )
  return {
    offer: (input) => session.sendRealtimeInput(input).status,
    isShut: () => session.gate.snapshot().status === 'shut',
    snapshot: () => session.gate.snapshot(),
    close: () => session.close(),
  }
}
