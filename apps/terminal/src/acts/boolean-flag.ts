import type { Conversation, Scene } from './scene.ts'

/** Follows the most common advice: a flag is set while the tool runs, and input is dropped meanwhile. */
export async function booleanFlag({ ai, params, watch, getWeather }: Scene): Promise<Conversation> {
  let toolIsRunning = false
  const session = await ai.live.connect({
    ...params,
    callbacks: {
      ...params.callbacks,
      onmessage: async (message) => {
        watch(message)
        if (!message.toolCall) return
        toolIsRunning = true
        try {
          for (const { id = '', name = '' } of message.toolCall.functionCalls ?? []) {
            const response = await getWeather()
            session.sendToolResponse({ functionResponses: [{ id, name, response }] })
          }
        } finally {
          toolIsRunning = false
        }
      },
    },
  })
  return {
    offer: (input) => {
      if (toolIsRunning) return 'dropped'
      session.sendRealtimeInput(input)
      return 'sent'
    },
    isShut: () => toolIsRunning,
    close: () => session.close(),
  }
}
