/** How the user takes turns: the server listens for speech, or a button is held. */
export type TalkMode = 'hands-free' | 'push-to-talk'

/** The setup of every conversation, as the SDK names it: what the page asks for, and what a token is locked to. */
export function liveConfig(mode: TalkMode): { readonly [field: string]: unknown } {
  return {
    responseModalities: ['AUDIO'],
    systemInstruction:
      'You are a friendly weather assistant. Answer in one short sentence. Call get_weather for any weather.',
    tools: [
      {
        functionDeclarations: [
          {
            name: 'get_weather',
            description: 'Tells the weather of today and tomorrow in a city.',
            parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] },
          },
        ],
      },
    ],
    inputAudioTranscription: {},
    outputAudioTranscription: {},
    ...(mode === 'push-to-talk' && {
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    }),
  }
}
