/** How the user takes turns: the server detects speech, or a button is held down. */
export type TalkMode = 'hands-free' | 'push-to-talk'

/** Returns the setup of every conversation, with the SDK's names: the page asks for it, and tokens are locked to it. */
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
