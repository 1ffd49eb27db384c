import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { GoogleGenAI, type LiveConnectConfig, type LiveServerMessage, type Session } from '@google/genai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type EmulatedSession, type Emulator, type EmulatorOptions, startEmulator } from '../src/index.ts'
import { pcmOfSamples, samplesOfWav } from '../src/pcm.ts'
import { silence } from './bench.ts'
import { ManualClock } from './manual-clock.ts'

const livePath = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
const model = 'gemini-2.5-flash-native-audio'
const weatherTool = { functionDeclarations: [{ name: 'get_weather' }] }
const twoSentences = samplesOfWav(readFileSync(new URL('fixtures/two-sentences.wav', import.meta.url)))
// Only up to the sample that ends the turn: later audio would come during the call.
const question = twoSentences.subarray(0, 28_800)

let emulator: Emulator

async function start(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator(options)
}

afterEach(() => emulator.close())

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

interface Client {
  readonly session: Session
  readonly messages: LiveServerMessage[]
  readonly closed: Promise<{ code: number; reason: string }>
  readonly seenByServer: EmulatedSession
  /** Resolves with the first message, past or future, that passes. */
  next(passes: (message: LiveServerMessage) => unknown): Promise<LiveServerMessage>
}

async function connect(config: LiveConnectConfig = {}): Promise<Client> {
  const ai = new GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })
  const messages: LiveServerMessage[] = []
  const waiting = new Set<() => void>()
  const { promise: closed, resolve: close } = deferred<{ code: number; reason: string }>()
  const session = await ai.live.connect({
    model,
    config,
    callbacks: {
      onmessage: (message) => {
        messages.push(message)
        for (const check of waiting) check()
      },
      onclose: ({ code, reason }) => close({ code, reason }),
    },
  })
  const seenByServer = emulator.sessions.at(-1)
  if (seenByServer === undefined) throw new Error('the emulator has no session')
  const next = (passes: (message: LiveServerMessage) => unknown): Promise<LiveServerMessage> =>
    new Promise((resolve) => {
      const check = () => {
        const found = messages.find(passes)
        if (found === undefined) return
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  return { session, messages, closed, seenByServer, next }
}

function sendAudio(session: Session, samples: Int16Array): void {
  const chunk = 320
  for (let at = 0; at < samples.length; at += chunk) {
    const data = pcmOfSamples(samples.subarray(at, at + chunk)).toString('base64')
    session.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } })
  }
}

function kindsOf(messages: readonly LiveServerMessage[]): readonly string[] {
  const kinds = messages.map((message) =>
    Object.keys({ ...message, ...message.serverContent })
      .filter((name) => name !== 'serverContent')
      .sort()
      .join('+'),
  )
  return kinds.filter((kind, index) => kind !== kinds[index - 1])
}

describe('with the SDK for JavaScript', () => {
  it('a spoken turn is answered by a tool call, and the answer to it by speech', async () => {
    await start()
    const client = await connect({ tools: [weatherTool], outputAudioTranscription: {} })
    sendAudio(client.session, question)
    const { toolCall } = await client.next((message) => message.toolCall)
    const [call] = toolCall?.functionCalls ?? []
    expect(toolCall).toEqual({
      functionCalls: [{ name: 'get_weather', args: { city: 'Dublin' }, id: expect.any(String) }],
    })
    client.session.sendToolResponse({
      functionResponses: [
        { id: call?.id ?? '', name: 'get_weather', response: { output: '12 degrees, light rain' } },
      ],
    })
    await client.next((message) => message.serverContent?.turnComplete)
    expect(kindsOf(client.messages)).toEqual([
      'setupComplete',
      'toolCall',
      'outputTranscription',
      'modelTurn',
      'outputTranscription',
      'modelTurn',
      'outputTranscription',
      'modelTurn',
      'generationComplete',
      'turnComplete+usageMetadata',
    ])
    const transcript = client.messages
      .map((message) => message.serverContent?.outputTranscription?.text ?? '')
      .join('')
    expect(transcript).toBe('It is twelve degrees in Dublin, with light rain.')
    const { seenByServer } = client
    expect(seenByServer.receivedAudio()).toEqual(question)
    expect(seenByServer.turns).toMatchObject([{ source: 'speech', firstSample: 0, samples: 28_800 }])
    expect(seenByServer.toolResponses).toMatchObject([
      { id: call?.id, name: 'get_weather', idWas: 'pending' },
    ])
    client.session.close()
    expect(await client.closed).toEqual({ code: 1005, reason: '' })
    await vi.waitFor(() => expect(seenByServer.closed).toEqual({ code: 1005, reason: '', by: 'client' }))
  })

  it('a session dies if audio goes on during the call', async () => {
    await start()
    const client = await connect({ tools: [weatherTool] })
    sendAudio(client.session, question)
    await client.next((message) => message.toolCall)
    const microphone = setInterval(() => sendAudio(client.session, silence(20)), 20)
    const close = await client.closed
    clearInterval(microphone)
    const { seenByServer } = client
    const expected = { code: 1008, reason: 'Operation is not implemented, or supported, or enabled.' }
    expect(close).toEqual(expected)
    expect(seenByServer.closed).toEqual({ ...expected, by: 'server' })
    expect(seenByServer.inputsDuringWindow.violations).toBe(1)
  })

  it('every kind of message that it can send arrives', async () => {
    await start({ script: [{ silent: true }] })
    const client = await connect()
    client.session.sendRealtimeInput({ video: { data: '/9j/', mimeType: 'image/jpeg' } })
    client.session.sendRealtimeInput({ media: { data: 'AAA=', mimeType: 'audio/pcm;rate=16000' } })
    client.session.sendRealtimeInput({ text: 'Hello' })
    client.session.sendRealtimeInput({ audioStreamEnd: true })
    client.session.sendRealtimeInput({})
    client.session.sendClientContent({ turns: 'Hello' })
    client.session.sendRealtimeInput({ activityStart: {} })
    const reason = 'Explicit activity control is not supported when automatic activity detection is enabled.'
    expect(await client.closed).toEqual({ code: 1007, reason })
    expect(
      client.seenByServer.log.flatMap((entry) => (entry.kind === 'received' ? [entry.message] : [])),
    ).toEqual([
      { type: 'setup', setup: { model: `models/${model}` } },
      { type: 'realtimeInput', inputs: ['video'], audioSamples: 0 },
      { type: 'realtimeInput', inputs: ['mediaChunks'], audioSamples: 1 },
      { type: 'realtimeInput', inputs: ['text'], audioSamples: 0, text: 'Hello' },
      { type: 'realtimeInput', inputs: ['audioStreamEnd'], audioSamples: 0 },
      { type: 'realtimeInput', inputs: [], audioSamples: 0 },
      { type: 'clientContent', text: 'Hello', turnComplete: true },
      { type: 'realtimeInput', inputs: ['activityStart'], audioSamples: 0 },
    ])
  })

  it('a test can close and drop a session', async () => {
    await start()
    const [first, second] = [await connect(), await connect()]
    emulator.sessions[0]?.close(1011, 'Internal error occurred.')
    emulator.sessions[1]?.drop()
    expect(await first.closed).toEqual({ code: 1011, reason: 'Internal error occurred.' })
    expect(await second.closed).toEqual({ code: 1006, reason: '' })
    expect(emulator.sessions.map((session) => session.closed)).toEqual([
      { code: 1011, reason: 'Internal error occurred.', by: 'server' },
      { code: 1006, reason: '', by: 'server' },
    ])
  })

  it('calls of different sessions have different ids', async () => {
    await start()
    const clients = [await connect(), await connect()]
    const ids = clients.map(({ seenByServer }) => seenByServer.callTools([{ name: 'f' }, { name: 'g' }]))
    expect(new Set(ids.flat()).size).toBe(4)
    await Promise.all(clients.map((client) => client.next((message) => message.toolCall)))
  })

  it('different sessions have their own random numbers', async () => {
    await start({
      graceMs: 0,
      script: [{ call: [{ name: 'f' }] }],
      inputDuringCall: { action: 'close', probability: 0.5 },
    })
    const closed = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const ai = new GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })
        const { promise, resolve } = deferred<boolean>()
        const session = await ai.live.connect({
          model,
          callbacks: { onmessage: () => {}, onclose: ({ code }) => resolve(code === 1008) },
        })
        session.sendRealtimeInput({ text: 'Hello' })
        session.sendRealtimeInput({ text: 'And now?' })
        session.close()
        return promise
      }),
    )
    expect(new Set(closed)).toEqual(new Set([true, false]))
  })

  it('the emulator keeps the API key nowhere', async () => {
    await start()
    const client = await connect({ tools: [weatherTool] })
    client.session.sendClientContent({ turns: 'Hello' })
    await client.next((message) => message.toolCall)
    const { log, setup } = client.seenByServer
    expect(log.length).toBeGreaterThan(3)
    expect(JSON.stringify([log, setup, emulator])).not.toContain('test-key')
  })
})

describe('at the socket', () => {
  /** What became of an attempt to connect: `open`, or the error's text. */
  function attempt(path: string): Promise<string> {
    const { promise, resolve } = deferred<string>()
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + path)
    socket.on('open', () => {
      resolve('open')
      socket.close()
    })
    socket.on('error', (error) => resolve(error.message))
    return promise
  }

  it.each([
    [`${livePath}?key=k`, 'open'],
    ['//ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent', 'open'],
    [
      '/proxy//ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=t',
      'open',
    ],
    ['//ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent', 'open'],
    ['/', 'Unexpected server response: 404'],
    [`${livePath}/more`, 'Unexpected server response: 404'],
    [`/elsewhere?x=${livePath}`, 'Unexpected server response: 404'],
    [
      '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateMusic',
      'Unexpected server response: 404',
    ],
  ])('the path %s leads to: %s', async (path, outcome) => {
    await start()
    expect(await attempt(path)).toBe(outcome)
  })

  it.each([livePath, '/', '/control'])('a plain request for %s gets 404 and an explanation', async (path) => {
    await start()
    const response = await fetch(emulator.url + path)
    const error =
      'this server accepts WebSocket connections to ' +
      '/ws/google.ai.generativelanguage.VERSION.GenerativeService.BidiGenerateContent, and GET /tools/NAME'
    expect([response.status, await response.json()]).toEqual([404, { error }])
  })

  it('the server waits for the setup, then sends binary JSON; it accepts text and binary, and survives malformed JSON', async () => {
    await start()
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath)
    const received: [boolean, string][] = []
    const { promise: closed, resolve } = deferred<[number, string]>()
    socket.on('message', (data, isBinary) => {
      received.push([isBinary, data.toString()])
      socket.send('{"broken')
    })
    socket.on('close', (code, reason) => resolve([code, reason.toString()]))
    await new Promise((opened) => socket.on('open', opened))
    // The pong comes after everything that the server sends on its own.
    const pong = new Promise((arrived) => socket.once('pong', arrived))
    socket.ping()
    await pong
    expect([received, socket.extensions]).toEqual([[], ''])
    socket.send(Buffer.from('{"setup":{"model":"models/m"}}'))
    expect(await closed).toEqual([1007, 'Request contains an invalid argument.'])
    expect(received).toEqual([[true, '{\n  "setupComplete": {}\n}\n']])
    expect(await attempt(livePath)).toBe('open')
    expect(emulator.sessions).toHaveLength(2)
  })

  it('a binary frame is refused if it is no UTF-8, and its text is not guessed', async () => {
    await start()
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath)
    await once(socket, 'open')
    socket.send('{"setup":{"model":"models/m"}}')
    socket.send(Buffer.from('{"realtimeInput":{"text":"caf\xe9"}}', 'latin1'))
    const [code, reason] = await once(socket, 'close')
    expect([code, String(reason)]).toEqual([1007, 'Request contains an invalid argument.'])
    const [session] = emulator.sessions
    expect(session?.receivedSignals()).toEqual([])
    expect(session?.log.at(-2)).toMatchObject({ kind: 'violation', reason: 'the frame is not UTF-8' })
  })

  it('all frames of the server are text if the option says so, and the session knows how its client connected', async () => {
    await start({ frames: 'text' })
    const headers = { authorization: 'Bearer secret' }
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath, { headers })
    const { promise, resolve } = deferred<boolean>()
    socket.on('message', (_data, isBinary) => resolve(isBinary))
    socket.on('open', () => socket.send('{"setup":{"model":"models/m"}}'))
    expect(await promise).toBe(false)
    expect(emulator.sessions[0]?.connection).toEqual({
      api: 'gemini',
      version: 'v1beta',
      constrained: false,
      credential: 'bearer',
    })
    socket.close()
  })

  it('close ends all sessions, frees the port, and may be called twice', async () => {
    await start()
    const client = await connect()
    const port = Number(new URL(emulator.url).port)
    const closing = emulator.close()
    expect(emulator.close()).toBe(closing)
    await closing
    expect(await client.closed).toEqual({ code: 1001, reason: '' })
    expect(client.seenByServer.closed).toEqual({ code: 1001, reason: '', by: 'server' })
    await start({ port })
    expect(emulator.url).toBe(`http://127.0.0.1:${port}`)
  })

  it.each([
    [1007, 'is no UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff], 'Invalid WebSocket frame: invalid UTF-8 sequence'],
    [1002, 'is not masked', [0x81, 0x02, 0x7b, 0x7d], 'Invalid WebSocket frame: MASK must be set'],
    [1009, 'is too long', [0x81, 0xff, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], 'Max payload size exceeded'],
  ] as const)(
    'a frame that breaks RFC 6455 is a violation, and closes with %d: it %s',
    async (code, _, frame, problem) => {
      await start()
      const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1')
      socket.write(Buffer.concat([Buffer.from(upgrade), Buffer.from(frame)]))
      const bytes: Buffer[] = []
      for await (const piece of socket) bytes.push(piece)
      const closeFrame = [0x88, 2, code >> 8, code & 0xff]
      expect([...Buffer.concat(bytes).subarray(-4)]).toEqual(closeFrame)
      await vi.waitFor(() => expect(emulator.sessions[0]?.closed).toEqual({ code, reason: '', by: 'server' }))
      expect(emulator.sessions[0]?.log[1]).toMatchObject({
        kind: 'violation',
        reason: `the connection failed: ${problem}`,
      })
    },
  )

  const upgrade = [
    `GET ${livePath} HTTP/1.1`,
    'Host: x',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
    '',
    '',
  ].join('\r\n')

  it.each([
    ['GET', '/tools/get_time', '', 200],
    ['POST', '/control/faults/next', '{"fault":"silence"}', 204],
    ['GET', livePath, '', 404],
  ])('a request that offers HTTP/2 is answered as any other: %s %s', async (method, path, body, status) => {
    await start({ control: true })
    // As Java's HttpClient sends it, and curl with --http2.
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' }
    const request = httpRequest(`${emulator.url}${path}`, { method, headers }).end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.resume().statusCode).toBe(status)
  })

  it('a client of another path is told the right one', async () => {
    await start()
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1')
    socket.write(upgrade.replace(livePath, '/ws/live?key=k'))
    const error =
      'a Live client connects to /ws/google.ai.generativelanguage.VERSION.GenerativeService.BidiGenerateContent'
    let answer = ''
    for await (const piece of socket.setEncoding('utf8')) answer += piece
    const [head, body] = answer.split('\r\n\r\n')
    expect([head?.split('\r\n')[0], body]).toEqual([
      'HTTP/1.1 404 Not Found',
      `${JSON.stringify({ error })}\n`,
    ])
  })

  it.each([
    ['gemini-2.5', 'google.cloud.aiplatform.v1.LlmBidiService', 'Vertex AI'],
    ['vertex', 'google.ai.generativelanguage.v1.GenerativeService', 'the Gemini API'],
  ] as const)('a client of another API causes a warning on %s', async (profile, service, api) => {
    await start({ profile })
    const separator = service.includes('cloud') ? '/' : '.'
    const socket = new WebSocket(
      `${emulator.url.replace('http', 'ws')}/ws/${service}${separator}BidiGenerateContent`,
    )
    await once(socket, 'open')
    expect(emulator.sessions[0]?.log.map(({ atMs, ...entry }) => entry)).toEqual([
      expect.objectContaining({ kind: 'connected' }),
      { kind: 'warning', reason: `a client of ${api}, but the profile is ${profile}` },
    ])
  })

  it('a ping is answered late while the server reads nothing, although it sends', async () => {
    const clock = new ManualClock()
    await start({ clock })
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath)
    const events: string[] = []
    socket.on('pong', () => events.push('pong')).on('message', () => events.push('message'))
    socket.on('open', () => socket.send('{"setup":{"model":"m"}}'))
    await vi.waitFor(() => expect(events).toEqual(['message']))
    const [session] = emulator.sessions
    session?.inject({ fault: 'stop-reading', forMs: 30_000 })
    socket.ping()
    // Once a later connection is open, the ping has reached this process too.
    expect(await attempt(livePath)).toBe('open')
    session?.goAway(50_000)
    await vi.waitFor(() => expect(events).toEqual(['message', 'message']))
    clock.advance(30_000)
    await vi.waitFor(() => expect(events).toEqual(['message', 'message', 'pong']))
    socket.close()
  })

  it('a flood of pings is a violation, and the end', async () => {
    await start()
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1')
    socket.on('error', () => {})
    const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0])
    socket.write(Buffer.concat([Buffer.from(upgrade), ...Array.from({ length: 1000 }, () => ping)]))
    await vi.waitFor(() => expect(emulator.sessions[0]?.closed).toBeDefined())
    expect(emulator.sessions[0]?.log.map(({ atMs, ...entry }) => entry)).toEqual([
      {
        kind: 'connected',
        connection: { api: 'gemini', version: 'v1beta', constrained: false, credential: 'none' },
      },
      { kind: 'violation', reason: 'the connection failed: more pings at once than can be answered' },
      { kind: 'close', code: 1006, reason: '', by: 'server' },
    ])
    socket.destroy()
  })

  it('a client whose request comes while the emulator closes is refused', async () => {
    await start()
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1')
    await once(socket, 'connect')
    // From Node 26 on, a connection on which no request has begun is closed at once.
    socket.write(upgrade.slice(0, 20))
    // Once a later request is answered, the server has read from this connection too.
    await fetch(emulator.url)
    const closing = emulator.close()
    socket.write(upgrade.slice(20))
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    await closing
    expect(emulator.sessions).toEqual([])
  })

  it.each([
    ['real', () => vi.useRealTimers()],
    ['fake', () => vi.useFakeTimers()],
  ])('close does not wait for a client that never answers, with %s timers', async (_, setTimers) => {
    await start()
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1')
    socket.write(upgrade)
    await vi.waitFor(() => expect(emulator.sessions).toHaveLength(1))
    setTimers()
    await emulator.close().finally(() => vi.useRealTimers())
    expect(emulator.sessions[0]?.closed).toEqual({ code: 1001, reason: '', by: 'server' })
    socket.destroy()
  })
})
