import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request as it came. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly key: string | undefined
  readonly body: unknown
}

/** A server in the place of Google's `auth_tokens`: it answers as it is told, and keeps what came. */
export async function startStandIn(
  status: number,
  answer: object,
): Promise<{ url: string; requests: SeenRequest[] }> {
  const requests: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      key: request.headers['x-goog-api-key'] as string | undefined,
      body: JSON.parse(text),
    })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}
