import { request as httpRequest, type RequestOptions } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunTicket } from '../src/api/api.ts'
import { liveConfig } from '../src/api/live-config.ts'
import { refusal } from '../src/server/guard.ts'
import type { Backend } from '../src/server/options.ts'
import { RunStore } from '../src/server/run-store.ts'
import { PortError, startServer, type WebServer } from '../src/server/start-server.ts'
import { startStandIn } from './stand-in.ts'

async function start(backend: Backend = { kind: 'emulator' }): Promise<WebServer> {
  const server = await startServer({ port: 0, backend })
  onTestFinished(() => server.close())
  return server
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })

/** Returns the status of a request with another `Host` or a path as it is, which `fetch` cannot send. */
const statusFor = (url: string, options: RequestOptions): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpRequest(url, options, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('upgrade', (response, socket) => {
        socket.destroy()
        resolve(response.statusCode)
      })
      .on('error', reject)
      .end()
  })

/** A WebSocket's handshake. */
const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/worklet.js', 'text/javascript; charset=utf-8'],
    ['/speech/weather.wav', 'audio/wav'],
    ['/assets/inter-latin-wght-normal.woff2', 'font/woff2'],
    ['/mark.svg', 'image/svg+xml'],
  ])('has %s', async (path, type) => {
    const { url } = await start()
    const response = await fetch(url + path)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
  })

  it('has a policy that allows nothing inline and no other server', async () => {
    const { url } = await start()
    const policy = (await fetch(url)).headers.get('content-security-policy')
    expect(policy).toBe(
      `default-src 'self'; connect-src 'self' ws://${new URL(url).host}; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  })

  it('may connect to Google if it talks to Google', async () => {
    const { url } = await start({ kind: 'google', apiKey: 'secret', model: 'm' })
    const policy = (await fetch(url)).headers.get('content-security-policy')
    expect(policy).toContain('wss://generativelanguage.googleapis.com;')
  })

  it.each(['/nothing', '/../main.js', '/%2e%2e/main.js', '/..%2fmain.js', '/speech/../package.json'])(
    'has no %s',
    async (path) => {
      const { url } = await start()
      expect(await statusFor(url, { path })).toBe(404)
    },
  )
})

describe('requests', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['of the page itself', { host: 'HOST', origin: 'http://HOST' }, true],
    ['by the name of this machine', { host: 'localhost:PORT' }, true],
    ['of another site', { host: 'HOST', origin: 'https://example.org' }, false],
    ['of no site that could be named', { host: 'HOST', origin: 'null' }, false],
    ['by a name that was bent to this address', { host: 'example.org' }, false],
  ])('%s', async (_, headers, isAnswered) => {
    const { url } = await start()
    const { host, port } = new URL(url)
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('HOST', host).replace('PORT', port),
      ]),
    )
    const { path }: RunTicket = await (await post(`${url}/api/runs`, { profile: 'gemini-2.5' })).json()
    expect({
      page: await statusFor(`${url}/api/server`, { headers: own }),
      conversation: await statusFor(url + path, { headers: { ...own, ...handshake } }),
    }).toEqual(isAnswered ? { page: 200, conversation: 101 } : { page: 403, conversation: 403 })
  })
})

it('a page at port 80 is served for a host without a port', () => {
  const headers = { host: '127.0.0.1', origin: 'http://127.0.0.1' }
  expect([80, 8642].map((port) => refusal({ headers }, port))).toEqual([
    undefined,
    'this server is for http://127.0.0.1:8642',
  ])
})

describe('a run', () => {
  it('has its own emulator, and ends with its last listener', async () => {
    const { url } = await start()
    const response = await post(`${url}/api/runs`, { profile: 'gemini-3.1' })
    const { id, path }: RunTicket = await response.json()
    expect([response.status, path]).toEqual([
      201,
      `/runs/${id}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent`,
    ])
    const leaving = new AbortController()
    const stream = await fetch(`${url}/api/runs/${id}/facts`, { signal: leaving.signal })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toMatch(/^data: \{"type":"clock","atMs":[\d.]+\}\n\n$/)
    expect((await fetch(`${url}/api/runs/${id}/heard`)).status).toBe(200)
    leaving.abort()
    await expect.poll(async () => (await fetch(`${url}/api/runs/${id}/heard`)).status).toBe(404)
  })

  it('reports what its emulator sees', async () => {
    const { url } = await start()
    const { id, path }: RunTicket = await (await post(`${url}/api/runs`, { profile: 'gemini-2.5' })).json()
    const stream = await fetch(`${url}/api/runs/${id}/facts`)
    const told: Record<string, unknown>[] = []
    let tellOver = (): void => {}
    const isOver = new Promise<void>((resolve) => {
      tellOver = resolve
    })
    // Read to the end: the run ends when nobody listens.
    void (async () => {
      let text = ''
      for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk
        const lines = text.split('\n\n')
        text = lines.pop() ?? ''
        told.push(...lines.map((line) => JSON.parse(line.slice('data: '.length))))
        if (told.some(({ type }) => type === 'all-told')) tellOver()
      }
      // The server closes the stream in the end.
    })().catch(() => {})
    const socket = new WebSocket(url.replace('http', 'ws') + path)
    socket.onopen = () => socket.send(JSON.stringify({ setup: { model: 'models/m' } }))
    let heard: Promise<Response> | undefined
    socket.onmessage = () => {
      socket.onmessage = null
      // What is in flight counts: the answer waits until the connection has ended.
      heard = fetch(`${url}/api/runs/${id}/heard`)
      const data = Buffer.alloc(640).toString('base64')
      socket.send(JSON.stringify({ realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } } }))
      socket.send(JSON.stringify({ realtimeInput: { text: 'hello' } }))
      socket.close(1000)
    }
    await isOver
    const brief = told.map(({ atMs, startMs, endMs, ...rest }) => ({
      ...rest,
      isTimed: [atMs, startMs ?? 0, endMs ?? 0].every(Number.isFinite),
    }))
    expect(brief).toEqual([
      { type: 'clock', isTimed: true },
      { type: 'server-heard', durationMs: 20, isTimed: true },
      { type: 'server-turn', index: 0, source: 'text', isTimed: true },
      { type: 'server-closed', code: 1000, reason: '', by: 'client', isTimed: true },
      { type: 'all-told', isTimed: false },
    ])
    expect((await (await heard)?.arrayBuffer())?.byteLength).toBe(640)
  })

  it.each<[string, unknown, number, string]>([
    ['an unknown profile', { profile: 'gemini-9' }, 400, 'profile'],
    [
      'a fault too early',
      { profile: 'gemini-2.5', fault: { fault: 'go-away', timeLeftMs: 1 } },
      400,
      'fault',
    ],
    ['no JSON', 'no JSON', 400, 'the body is not JSON'],
    ['no object', null, 400, 'the body is not an object'],
    ['a long body', 'x'.repeat(10_001), 400, 'the body is longer than 10000 bytes'],
  ])('is refused: %s', async (_, order, status, words) => {
    const { url } = await start()
    const response = await post(`${url}/api/runs`, order)
    expect([response.status, (await response.json()).error]).toEqual([status, expect.stringContaining(words)])
  })

  it('refuses a fault before there is a session', async () => {
    const { url } = await start()
    const { id }: RunTicket = await (await post(`${url}/api/runs`, { profile: 'vertex' })).json()
    const response = await post(`${url}/api/runs/${id}/faults`, { fault: 'drop' })
    expect([response.status, await response.json()]).toEqual([400, { error: 'no session is open' }])
  })

  it('that is starting when the server closes does not keep the process alive', async () => {
    const kept = (): readonly string[] =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap')
    await expect.poll(kept).toEqual([])
    const runs = new RunStore(200)
    const beginning = runs.begin({ profile: 'gemini-2.5' })
    runs.close()
    await expect(beginning).rejects.toThrow('The server of this page is about to end.')
    await expect.poll(kept).toEqual([])
  })

  it('is refused when there are too many', async () => {
    const { url } = await start()
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => post(`${url}/api/runs`, { profile: 'gemini-2.5' })),
    )
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
  })

  it('is refused when there are too many, also if all start at once', async () => {
    const runs = new RunStore(200)
    onTestFinished(() => runs.close())
    const beginnings = Array.from({ length: 26 }, () => runs.begin({ profile: 'gemini-2.5' }))
    const refused = (await Promise.allSettled(beginnings)).flatMap((beginning, place) =>
      beginning.status === 'rejected' ? [[place, beginning.reason.name]] : [],
    )
    expect(refused).toEqual([
      [24, 'TooManyRuns'],
      [25, 'TooManyRuns'],
    ])
  })
})

describe('a token', () => {
  const minted = { name: 'auth_tokens/abc' }

  it('is minted with the key, for one conversation with a locked setup', async () => {
    const google = await startStandIn(200, minted)
    const { url } = await start({ kind: 'google', apiKey: 'secret', model: 'm', baseUrl: google.url })
    const before = Date.now()
    const response = await post(`${url}/api/tokens`, { mode: 'push-to-talk' })
    expect([response.status, await response.json()]).toEqual([
      200,
      { accessToken: 'auth_tokens/abc', model: 'm', url: google.url },
    ])
    const [request] = google.requests
    expect(request).toMatchObject({ method: 'POST', path: '/v1alpha/auth_tokens', key: 'secret' })
    const body = request?.body as Record<string, unknown>
    // The whole setup and no field mask: then every field is locked.
    expect(Object.keys(body).sort()).toEqual([
      'bidiGenerateContentSetup',
      'expireTime',
      'newSessionExpireTime',
      'uses',
    ])
    const { tools, systemInstruction } = liveConfig('push-to-talk')
    expect(body.bidiGenerateContentSetup).toMatchObject({
      model: 'models/m',
      generationConfig: { responseModalities: ['AUDIO'] },
      systemInstruction: { parts: [{ text: systemInstruction }] },
      tools,
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    })
    expect(body.uses).toBe(2)
    const minutes = (time: unknown): number => Math.round((Date.parse(String(time)) - before) / 60_000)
    expect([minutes(body.newSessionExpireTime), minutes(body.expireTime)]).toEqual([1, 30])
  })

  it('is aborted when the server closes, or the page has left', async () => {
    const google = await startStandIn(200, undefined)
    const server = await start({ kind: 'google', apiKey: 'secret', model: 'm', baseUrl: google.url })
    const asking = post(`${server.url}/api/tokens`, { mode: 'hands-free' })
    await expect.poll(() => google.requests.length).toBe(1)
    await Promise.all([server.close(), google.left, expect(asking).rejects.toThrow('fetch failed')])
  })

  it('is refused without a key', async () => {
    const { url } = await start()
    const response = await post(`${url}/api/tokens`, { mode: 'hands-free' })
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: 'there is no key, so there are no tokens' },
    ])
  })

  it.each<[string, string, string]>([
    ['that is none', '{"mode":"other"}', '"other"'],
    ['that is missing', '{}', 'undefined'],
    ['that is deep', `{"mode":${'['.repeat(4900)}${']'.repeat(4900)}}`, 'object'],
  ])('is refused for a mode %s', async (_, body, what) => {
    const { url } = await start({ kind: 'google', apiKey: 'secret', model: 'm' })
    const response = await post(`${url}/api/tokens`, body)
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: `mode must be "hands-free" or "push-to-talk", not ${what}` },
    ])
  })

  it.each<[string, number, object, unknown]>([
    [
      'an error that quotes the key',
      400,
      { error: { message: 'API key secret not valid' } },
      { mode: 'hands-free' },
    ],
    ['an answer without a token', 200, {}, { mode: 'hands-free' }],
    ['a mode that is none', 200, minted, { mode: 'other' }],
  ])('fails without quoting the key: %s', async (_, status, answer, body) => {
    const google = await startStandIn(status, answer)
    // From a file with the line ends of Windows: what is sent, and so quoted, is without.
    const { url } = await start({ kind: 'google', apiKey: 'secret\r', model: 'm', baseUrl: google.url })
    const response = await post(`${url}/api/tokens`, body)
    const text = await response.text()
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(JSON.parse(text)).toEqual({ error: expect.any(String) })
    expect(text).not.toContain('secret')
  })
})

describe('a token that Google refuses', () => {
  const message = 'API key not valid. Please pass a valid API key.'
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }]

  it.each<[string, object]>([
    [message, { error: { code: 400, message, status: 'INVALID_ARGUMENT', details } }],
    ['{"no":"error"}', { no: 'error' }],
  ])('is refused to the page in Google’s words: %s', async (words, answer) => {
    const google = await startStandIn(400, answer)
    const { url } = await start({ kind: 'google', apiKey: 'secret', model: 'm', baseUrl: google.url })
    const response = await post(`${url}/api/tokens`, { mode: 'hands-free' })
    expect([response.status, await response.json()]).toEqual([
      502,
      { error: `Google gave no token: ${words}` },
    ])
  })
})

describe('a port', () => {
  it('that is taken is named, with what to do', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    await expect(startServer({ port, backend: { kind: 'emulator' } })).rejects.toEqual(
      new PortError(`port ${port} is taken: end what listens there, or choose another with --port`),
    )
  })
})
