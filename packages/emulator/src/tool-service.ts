import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ResolvedOptions } from './options.ts'

/**
 * Answers `GET /tools/NAME?ARGUMENT=VALUE` after `toolMs`: a tool of adjustable duration, for clients that have none. The client
 * runs the calls; its handler may send them here.
 */
export function answerTool(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  { toolMs, clock }: Pick<ResolvedOptions, 'toolMs' | 'clock'>,
): void {
  // Pages of any origin may read the answer: it reveals nothing about this machine.
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

/** Matches the sentence of the default script. */
const weather = { celsius: 12, sky: 'light rain' }

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}
