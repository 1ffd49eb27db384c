import type { LiveConnectParameters, Modality, Session } from '@google/genai'

/** What the tests need of a client. The client of any version of the SDK has it, in Node and in browsers. */
export interface LiveClient {
  readonly live: {
    connect(
      params: LiveConnectParameters,
    ): Promise<Pick<Session, 'sendRealtimeInput' | 'sendToolResponse' | 'close'>>
  }
}

/** A turn for a client to speak. */
export interface TurnToSpeak {
  readonly model: string
  /** The function to declare. */
  readonly declaration: { readonly name: string; readonly description: string }
  readonly mimeType: string
  /** Base64 audio, one piece for each message. */
  readonly pieces: readonly string[]
  readonly response: Readonly<Record<string, unknown>>
}

/** What a client received for its turn. */
export interface TurnReport {
  readonly calls: readonly { readonly name: string; readonly args: Readonly<Record<string, unknown>> }[]
  /** What the server understood. */
  readonly heard: string
  /** What the model said. */
  readonly said: string
  readonly audioBytes: number
}

/**
 * Speaks a turn, answers its call, and hears the reply to its end. Rejects if the connection ends before. It uses nothing of
 * Node, so that it also runs in a browser.
 */
export async function speakTurn(ai: LiveClient, turn: TurnToSpeak): Promise<TurnReport> {
  const calls: TurnReport['calls'][number][] = []
  let [heard, said, audioBytes] = ['', '', 0]
  await new Promise<void>((resolve, reject) => {
    const connecting = ai.live.connect({
      model: turn.model,
      config: {
        // The SDK's enum would tie this code to one of its versions.
        responseModalities: ['AUDIO' as Modality],
        inputAudioTranscription: {},
        outputAudioTranscription: {},
        tools: [{ functionDeclarations: [turn.declaration] }],
      },
      callbacks: {
        onmessage: async ({ toolCall, serverContent }) => {
          const session = await connecting
          for (const { id, name = '', args = {} } of toolCall?.functionCalls ?? []) {
            calls.push({ name, args })
            session.sendToolResponse({
              functionResponses: [{ ...(id === undefined ? {} : { id }), name, response: turn.response }],
            })
          }
          heard += serverContent?.inputTranscription?.text ?? ''
          said += serverContent?.outputTranscription?.text ?? ''
          for (const { inlineData } of serverContent?.modelTurn?.parts ?? [])
            audioBytes += atob(inlineData?.data ?? '').length
          // If a call ends its turn, the reply is a turn of its own.
          if (serverContent?.turnComplete && audioBytes > 0) {
            session.close()
            resolve()
          }
        },
        onclose: ({ code, reason }) => reject(new Error(`closed with ${code}: ${reason}`)),
      },
    })
    connecting.then((session) => {
      for (const data of turn.pieces) session.sendRealtimeInput({ audio: { data, mimeType: turn.mimeType } })
    }, reject)
  })
  return { calls, heard: heard.trim(), said, audioBytes }
}
