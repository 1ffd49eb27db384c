import { withoutSecrets } from '@livegate/core/wire'
import type { Clean } from './clean-texts.ts'
import type { SdkLive } from './sdk-seams.ts'

/** What is known of the credentials of one connection. */
export interface Credentials {
  /** Adds those that a socket is made with: the SDK has put its key or its account's token in the address or in the headers. */
  readonly learn: (url: string, headers: unknown) => void
  readonly clean: Clean
}

/** Headers without a credential, but with words that a reason may need, such as the name of a project. */
const harmless = /^(?:content-type|user-agent|x-goog-(?:api-client|request-params|user-project))$/i

/** Before there is a socket, the SDK's errors can quote the key or a header of its client. */
export function credentialsOf(apiClient: SdkLive['apiClient']): Credentials {
  const apiKey = apiClient?.getApiKey?.()
  let headers = secretOf(apiClient?.getHeaders?.())
  let url: string | undefined
  return {
    learn(address, sent) {
      url = address
      headers = secretOf(sent)
    },
    clean: (text) => withoutSecrets(text, { apiKey, url, headers }),
  }
}

function secretOf(headers: unknown): Readonly<Record<string, string>> {
  const all: [string, string][] = Object.entries(Object(headers))
  return Object.fromEntries(all.filter(([name]) => !harmless.test(name)))
}
