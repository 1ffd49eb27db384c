import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request that was received. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly key: string | undefined
  readonly body: unknown
}

/** Starts a server in place of Google's `auth_tokens`: it gives the answer that it is told, or none, and records requests. */
export async function startStandIn(
  status: number,
  answer: object | undefined,
): Promise<{ readonly url: string; readonly requests: SeenRequest[]; readonly left: Promise<void> }> {
  const requests: SeenRequest[] = []
  let leave = (): void => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      key: request.headers['x-goog-api-key'] as string | undefined,
      body: JSON.parse(text),
    })
    response.once('close', () => leave())
    if (answer) response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, left }
}
