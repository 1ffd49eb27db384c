import type { GoogleGenAIOptions } from '@google/genai'

type AuthClient = NonNullable<NonNullable<GoogleGenAIOptions['googleAuthOptions']>['authClient']>

/** What gives a client of Vertex AI a token that no one has given out, once `ready`. */
export function authClientOf(ready: Promise<void>): AuthClient {
  const getRequestHeaders = async () => {
    await ready
    return new Headers({ authorization: 'Bearer test-token' })
  }
  return { getRequestHeaders } as unknown as AuthClient
}

export const authClient: AuthClient = authClientOf(Promise.resolve())
