import type { IncomingMessage, ServerResponse } from 'node:http'
import { withoutSecrets } from '@livegate/core/wire'
import { EmulatorError, type Fault } from '@livegate/emulator'
import type { Problem, RunOrder, RunTicket, ServerInfo } from '../api/api.ts'
import type { TalkMode } from '../api/live-config.ts'
import { mintToken } from './mint-token.ts'
import type { Backend } from './options.ts'
import { type Run, type RunStore, TooManyRuns } from './run-store.ts'

const longestBodyBytes = 10_000

/** The path of the Live API below that of a run. */
const livePath = 'ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'

/** The path leads to nothing. */
class NotFound extends Error {}

/** The request cannot be used. */
class BadRequest extends Error {}

/** Answers a request below `/api/`. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { backend, runs }: { readonly backend: Backend; readonly runs: RunStore },
): Promise<void> {
  const { method, url = '' } = request
  const [, , kind, id = '', what] = url.split('?', 1)[0]?.split('/') ?? []
  try {
    if (method === 'GET' && kind === 'server') {
      const info: ServerInfo =
        backend.kind === 'google' ? { kind: 'google', model: backend.model } : { kind: 'emulator' }
      json(response, 200, info)
    } else if (method === 'POST' && kind === 'tokens') {
      if (backend.kind !== 'google') throw new NotFound('there is no key, so there are no tokens')
      const mode = modeOf(await readBody(request))
      const leaving = new AbortController()
      response.once('close', () => leaving.abort())
      json(response, 200, await mintToken(backend, mode, leaving.signal))
    } else if (method === 'POST' && kind === 'runs' && id === '') {
      const run = await runs.begin((await readBody(request)) as RunOrder)
      const ticket: RunTicket = { id: run.id, path: `/runs/${run.id}/${livePath}` }
      json(response, 201, ticket)
    } else if (kind === 'runs') {
      const run = runs.get(id)
      if (!run) throw new NotFound('this run is over')
      await answerForRun(request, response, run, what)
    } else throw new NotFound(`there is no ${method} /api/${kind}`)
  } catch (error) {
    const problem: Problem = { error: messageOf(error, backend) }
    json(response, statusOf(error), problem)
  }
}

async function answerForRun(
  request: IncomingMessage,
  response: ServerResponse,
  run: Run,
  what: string | undefined,
): Promise<void> {
  if (request.method === 'GET' && what === 'facts') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const stop = run.listen((message) => response.write(`data: ${JSON.stringify(message)}\n\n`))
    response.once('close', stop)
  } else if (request.method === 'GET' && what === 'heard') {
    const { buffer, byteOffset, byteLength } = await run.heard()
    response
      .writeHead(200, { 'content-type': 'application/octet-stream' })
      .end(new Uint8Array(buffer, byteOffset, byteLength))
  } else if (request.method === 'POST' && what === 'faults') {
    const session = run.emulator.sessions.findLast(({ closed }) => closed === undefined)
    if (!session) throw new BadRequest('no session is open')
    session.inject((await readBody(request)) as Fault)
    response.writeHead(204).end()
  } else throw new NotFound(`there is no ${request.method} of a run's ${what}`)
}

function modeOf(body: { readonly mode?: unknown }): TalkMode {
  const { mode } = body
  if (mode === 'hands-free' || mode === 'push-to-talk') return mode
  // JSON.stringify can't write all that JSON.parse reads: it has a limit of depth.
  const what = typeof mode === 'string' ? JSON.stringify(mode) : typeof mode
  throw new BadRequest(`mode must be "hands-free" or "push-to-talk", not ${what}`)
}

async function readBody(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBodyBytes) throw new BadRequest(`the body is longer than ${longestBodyBytes} bytes`)
    chunks.push(chunk)
  }
  let body: unknown
  try {
    body = JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new BadRequest('the body is not JSON')
  }
  if (typeof body !== 'object' || body === null) throw new BadRequest('the body is not an object')
  return body
}

function statusOf(error: unknown): number {
  if (error instanceof NotFound) return 404
  if (error instanceof TooManyRuns) return 429
  if (error instanceof BadRequest || EmulatorError.isInstance(error)) return 400
  return 502
}

/** Returns an error's message without the key, which an error of minting a token may quote. */
function messageOf(error: unknown, backend: Backend): string {
  const text = error instanceof Error ? error.message : String(error)
  return withoutSecrets(text, backend.kind === 'google' ? backend : {})
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
