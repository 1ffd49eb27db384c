import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIPv4 } from 'node:net'
import type { EmulatedSession } from './emulated-session.ts'
import { EmulatorError, invalidOption } from './emulator-error.ts'
import { checkFault, checkNextFault, type Fault, type NextFault } from './fault.ts'
import { samplesOf } from './session-log.ts'

/** What control requests can do to an emulator. */
export interface ControlPort {
  /** The host that the emulator was told to listen on. */
  readonly host: string
  readonly sessions: readonly EmulatedSession[]
  injectNext(fault: NextFault): void
  clearNext(): void
}

const longestBodyBytes = 1_000_000

/**
 * Answers a request to `/control/`, with which tests in any language control the emulator:
 *
 * - `POST /control/faults/next`, `/control/faults/all` or `/control/faults/NUMBER` (of a session, from 1): injects a fault, given as JSON
 * - `DELETE /control/faults/next`: drops the faults that no connection has got yet
 * - `GET /control/sessions`: a summary of each session
 * - `GET /control/sessions/NUMBER/log`: the whole log of one session
 *
 * A request of a page in a browser is refused: one with the header `Origin`, or for a host whose name may be the page's own.
 */
export async function control(
  request: IncomingMessage,
  response: ServerResponse,
  port: ControlPort,
): Promise<void> {
  try {
    const answer = await act(request, port)
    if (answer === undefined) response.writeHead(204).end()
    else send(response, 200, answer)
  } catch (error) {
    if (error instanceof NotFound) send(response, 404, { error: error.message })
    else if (error instanceof Forbidden) send(response, 403, { error: error.message })
    else if (EmulatorError.isInstance(error)) send(response, 400, { error: error.message })
    // For example, the client broke off its request, or the answer is too long for a string.
    else send(response, 500, { error: String(error) })
  }
}

class NotFound extends Error {}
class Forbidden extends Error {}

function send(response: ServerResponse, status: number, body: unknown): void {
  // Stringify before the head is written, because a long record throws, and the head can be written only once.
  const text = `${JSON.stringify(body, null, 2)}\n`
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}

async function act(request: IncomingMessage, port: ControlPort): Promise<unknown> {
  // Only browsers send it. They let a page of any origin post text, and no page is served from here.
  if (request.headers.origin !== undefined)
    throw new Forbidden(
      'pages in a browser may not use /control/: send the request without the header Origin',
    )
  const { host } = request.headers
  if (host !== undefined && !isLocal(host, port))
    throw new Forbidden(
      `/control/ is not for ${host}, to which a page in a browser may have led its own name: send the request to an ` +
        'address, or with "Host: localhost"',
    )
  const [, , kind, to = '', rest] = (request.url ?? '').split('?', 1)[0]?.split('/') ?? []
  if (request.method === 'POST' && kind === 'faults' && to !== '' && rest === undefined) {
    inject(to, await readJson(request), port)
    return undefined
  }
  if (request.method === 'DELETE' && kind === 'faults' && to === 'next' && rest === undefined) {
    port.clearNext()
    return undefined
  }
  if (request.method === 'GET' && kind === 'sessions') {
    if (to === '') return port.sessions.map(summaryOf)
    if (rest === 'log') return sessionNumbered(to, port.sessions).log
  }
  throw new NotFound(
    `there is no ${request.method} ${request.url?.split('?', 1)[0]}; there is POST /control/faults/next, /all or ` +
      '/NUMBER, DELETE /control/faults/next, GET /control/sessions and GET /control/sessions/NUMBER/log',
  )
}

/**
 * Whether nobody outside can own the host's name. An owner can lead it to this machine (DNS rebinding): to the browser, a page
 * of that name is then of the same origin, and reads the answer to a GET that has no `Origin`.
 */
function isLocal(host: string, { host: told }: ControlPort): boolean {
  const url = `http://${host}`
  const { hostname } = new URL(URL.canParse(url) ? url : 'http://invalid.')
  // A name without a dot is one of this network, such as a container's, or an address of IPv6.
  return (
    isIPv4(hostname) || /^[^.]+$|\.(localhost|internal)$/.test(hostname) || hostname === told.toLowerCase()
  )
}

function inject(to: string, fault: unknown, port: ControlPort): void {
  if (to === 'next') {
    checkNextFault('fault', fault)
    port.injectNext(fault)
    return
  }
  checkFault('fault', fault)
  if (to !== 'all') sessionNumbered(to, port.sessions).inject(fault)
  else if (![...port.sessions].map((session) => injectIfOpen(session, fault)).includes(true))
    throw new NotFound('no open session can take this fault')
}

/** Skips a session that has ended or has no setup yet, so that the fault still reaches the others. */
function injectIfOpen(session: EmulatedSession, fault: Fault): boolean {
  try {
    session.inject(fault)
    return true
  } catch (error) {
    if (!(EmulatorError.isInstance(error) && error.code === 'session-not-open')) throw error
    return false
  }
}

function sessionNumbered(number: string, sessions: readonly EmulatedSession[]): EmulatedSession {
  const session = sessions.find((candidate) => String(candidate.number) === number)
  if (session !== undefined) return session
  const latest = sessions.at(-1)?.number ?? 0
  const wasThere = /^[1-9]\d*$/.test(number) && Number(number) < latest
  throw new NotFound(
    wasThere ? `session ${number} was dropped to bound memory` : `there is no session ${number}`,
  )
}

function summaryOf(session: EmulatedSession): object {
  const { number, connection, epoch, setup, turns, brackets, inputsDuringWindow, toolResponses } = session
  return {
    number,
    connection,
    epoch,
    model: setup?.model,
    receivedSamples: session.log.reduce((sum, entry) => sum + samplesOf(entry), session.forgotten.samples),
    signals: session.receivedSignals(),
    turns,
    brackets,
    inputsDuringWindow,
    toolResponses,
    forgotten: session.forgotten,
    closed: session.closed ?? null,
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let bytes = 0
  // Read even a body that is too long to its end: a client may write all of it before it reads the answer.
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes <= longestBodyBytes) pieces.push(piece)
  }
  if (bytes > longestBodyBytes)
    throw new EmulatorError('invalid-option', `the body must have at most ${longestBodyBytes} bytes`)
  // Decode the whole, because a piece may end within a character.
  const body = Buffer.concat(pieces).toString()
  try {
    return JSON.parse(body)
  } catch {
    throw invalidOption('the body', body, 'a fault as JSON')
  }
}
