import { connectLive, type SocketFactory } from '../src/index.ts'
import { type ConnectAdapter, testAdapter } from './adapter-suite.ts'

const over =
  (webSocket?: SocketFactory): ConnectAdapter =>
  ({ url, vertex, model, config, tools, policy, clock, onMessage }) =>
    connectLive({
      url,
      ...(!vertex && { apiKey: 'any' }),
      model,
      config,
      tools,
      policy,
      clock,
      deadlines: { silenceMs: Number.POSITIVE_INFINITY },
      callbacks: { onmessage: onMessage, onerror: () => {} },
      ...(webSocket && { webSocket }),
    })

testAdapter('ws', over())
testAdapter("the platform's WebSocket", over(WebSocket))
