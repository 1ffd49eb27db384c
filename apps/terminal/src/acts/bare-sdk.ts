import type { Conversation, Scene } from './scene.ts'

/** Uses the SDK as its examples do: the microphone streams on while the tool runs. */
export async function bareSdk({ ai, params, watch, getWeather }: Scene): Promise<Conversation> {
  const session = await ai.live.connect({
    ...params,
    callbacks: {
      ...params.callbacks,
      onmessage: async (message) => {
        watch(message)
        for (const { id = '', name = '' } of message.toolCall?.functionCalls ?? []) {
          const response = await getWeather()
          session.sendToolResponse({ functionResponses: [{ id, name, response }] })
        }
      },
    },
  })
  return {
    offer: (input) => {
      session.sendRealtimeInput(input)
      return 'sent'
    },
    close: () => session.close(),
  }
}
