import type { GoogleGenAIOptions } from '@google/genai'

type AuthClient = NonNullable<NonNullable<GoogleGenAIOptions['googleAuthOptions']>['authClient']>

/** An auth client that gives Vertex AI clients a made-up token, once `ready` resolves. */
export function authClientOf(ready: Promise<void>): AuthClient {
  const getRequestHeaders = async () => {
    await ready
    return new Headers({ authorization: 'Bearer test-token' })
  }
  return { getRequestHeaders } as unknown as AuthClient
}

export const authClient: AuthClient = authClientOf(Promise.resolve())
