import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ResolvedOptions } from './options.ts'

/**
 * Answers `GET /tools/NAME?…` after `toolMs`, with the arguments of the call as its query: a tool for clients that have none, which
 * takes as long as it is told to. Calls are run by the client; this is only what its handler may ask.
 */
export function answerTool(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  { toolMs, clock }: Pick<ResolvedOptions, 'toolMs' | 'clock'>,
): void {
  // A page of any origin may have it: it tells nothing of this machine.
  response.setHeader('access-control-allow-origin', '*')
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const name = pathname.slice('/tools/'.length)
  if (method !== 'GET' || name === '') {
    send(response, 404, {
      error: `there is no ${method} ${pathname}; a tool is GET /tools/NAME?ARGUMENT=VALUE`,
    })
    return
  }
  const args = Object.fromEntries(searchParams)
  const result = name === 'get_weather' ? weather : { result: 'done' }
  const cancel = clock.setTimer(toolMs, () => send(response, 200, { ...args, ...result }))
  response.once('close', cancel)
}

/** What the default script says of it. */
const weather = { celsius: 12, sky: 'light rain' }

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}
