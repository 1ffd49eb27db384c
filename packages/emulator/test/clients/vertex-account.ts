import type { GoogleGenAIOptions } from '@google/genai'

/** Options of a client for Vertex AI, with an invented token. */
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
