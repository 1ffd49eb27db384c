import type { GoogleGenAIOptions } from '@google/genai'

/** What a client is made with to go to Vertex AI, with a token that no one has given out. */
export const vertexAccount = {
  vertexai: true,
  project: 'test-project',
  location: 'us-central1',
  googleAuthOptions: {
    authClient: {
      getRequestHeaders: async () => new Headers({ authorization: 'Bearer test-token' }),
    } as unknown as NonNullable<NonNullable<GoogleGenAIOptions['googleAuthOptions']>['authClient']>,
  },
}
