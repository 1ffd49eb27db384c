import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { control } from '../src/control.ts'
import {
  type EmulatedSession,
  type Emulator,
  EmulatorError,
  type Fault,
  type LogEntry,
  type NextFault,
  startEmulator,
} from '../src/index.ts'
import type { KnownClose } from '../src/known-closes.ts'
import { audio, Bench, setup, silence, text } from './bench.ts'

const livePath = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=secret'

describe('a fault', () => {
  const spoken = ['10 audio: 2 messages, 3786 samples', '30 generationComplete']
  it.each<[Fault, readonly string[]]>([
    [{ fault: 'close', like: 'aborted' }, ['10 close 1008 The operation was aborted.']],
    [{ fault: 'close', code: 4000, reason: 'x' }, ['10 close 4000 x']],
    [{ fault: 'drop' }, ['10 drop']],
    [{ fault: 'send', text: '{"broken' }, ['10 raw {"broken', ...spoken]],
    [{ fault: 'go-away', timeLeftMs: 9500 }, ['10 {"goAway":{"timeLeft":"9.500s"}}', ...spoken]],
    [{ fault: 'silence' }, []],
    [{ fault: 'audio-message', ms: 1000 }, ['10 audio: 1 messages, 3786 samples', '30 generationComplete']],
    [{ fault: 'latency', ms: 15 }, ['25 audio: 2 messages, 3786 samples', '45 generationComplete']],
    [
      { fault: 'stop-reading', forMs: 5 },
      [
        '10 stops reading',
        '10 audio: 1 messages, 2400 samples',
        '15 reads',
        '30 audio: 1 messages, 1386 samples',
        '30 generationComplete',
      ],
    ],
  ])('of a session: %j', (fault, lines) => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup()).wait(10)
    bench.seen()
    bench.session.inject(fault)
    expect(bench.send(text('Hello')).wait(40).seen()).toEqual(lines)
    // What was discarded is not logged as sent.
    expect(bench.session.log.filter(({ kind }) => kind === 'sent')).toHaveLength(bench.frames.length)
  })

  it.each<[string, Fault, readonly string[]]>([
    [
      'a close comes in place of setupComplete',
      { fault: 'close', like: 'aborted' },
      ['10 close 1008 The operation was aborted.'],
    ],
    [
      'a text goes behind setupComplete',
      { fault: 'send', text: '{"broken' },
      ['10 setupComplete', '10 raw {"broken', '10 audio: 2 messages, 3786 samples', '30 generationComplete'],
    ],
    ['a drop waits for nothing', { fault: 'drop' }, ['0 drop']],
    [
      'messages of audio are larger',
      { fault: 'audio-message', ms: 1000 },
      ['10 setupComplete', '10 audio: 1 messages, 3786 samples', '30 generationComplete'],
    ],
  ])('before the setup: %s', (_case, fault, lines) => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] })
    bench.session.inject(fault)
    bench.wait(10).send(setup(), text('Hello')).wait(40)
    expect(bench.seen()).toEqual(lines)
    expect(bench.session.log[0]).toEqual({ kind: 'fault', atMs: 0, fault })
  })

  it('before the setup may be several texts, which keep their order', () => {
    const bench = new Bench()
    for (const fault of ['a', 'b'].map((text): Fault => ({ fault: 'send', text })))
      bench.session.inject(fault)
    expect(bench.send(setup()).seen()).toEqual(['0 setupComplete', '0 raw a', '0 raw b'])
    expect(bench.session.log.at(-1)).toMatchObject({ message: { type: 'raw', text: 'b' } })
  })

  it('before a setup that never comes leaves the end to the setup timeout', () => {
    const bench = new Bench({ setupTimeoutMs: 1000 })
    bench.session.inject({ fault: 'close', like: 'aborted' })
    bench.session.sendText('{}')
    expect(bench.wait(2000).seen()).toEqual([
      '1000 close 1011 Deadline expired before operation could complete.',
    ])
  })

  it('of the script takes the place of an answer, and the script goes on', () => {
    const bench = new Bench({
      script: [
        { when: { includes: 'noise' }, fault: 'send', text: '[]' },
        { fault: 'close', like: 'unavailable' },
      ],
    }).send(setup(), text('Some noise'), text('Hello'), text('Hello?'))
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 []',
      '0 close 1011 The service is currently unavailable.',
    ])
  })

  it('of the script that ends the session ends what is still owed', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }, { fault: 'drop' }, { say: 'Hm.' }] })
    bench.send(setup(), text('a'), text('b'), text('c')).wait(1000)
    expect(bench.seen().slice(-2)).toEqual(['157.75 turnComplete', '157.75 drop'])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('of latency with jitter keeps the order of frames, and follows the seed', () => {
    const times = (seed: number) => {
      const bench = new Bench({ seed }).send(setup({ tools: [], outputAudioTranscription: {} }))
      bench.seen()
      bench.session.inject({ fault: 'latency', ms: 100, jitterMs: 50 })
      bench.send(text('Hello')).wait(10_000)
      return bench.seen()
    }
    const lines = times(1)
    const order = lines.filter((line) => !line.includes('audio')).map((line) => line.replace(/^\S+ /, ''))
    expect(order).toEqual([
      'transcript "It is twelve"',
      'transcript " degrees in Dublin,"',
      'transcript " with light rain."',
      'generationComplete',
      'turnComplete',
    ])
    expect(times(1)).toEqual(lines)
    expect(times(2)).not.toEqual(lines)
  })

  it.each([
    [{ ms: 400 }, 449, { grace: 1, violations: 0 }],
    [{ ms: 400 }, 450, { grace: 0, violations: 1 }],
    // The frame ahead takes 1120 ms, and no frame overtakes another.
    [{ ms: 400, jitterMs: 1000 }, 1170, { grace: 1, violations: 0 }],
    [{ ms: 400, jitterMs: 1000 }, 1171, { grace: 0, violations: 1 }],
    [{ ms: 0 }, 50, { grace: 0, violations: 1 }],
  ] as const)(
    'of latency lets the grace time begin when the call leaves: %j, input after %d ms: %j',
    (latency, afterMs, inputs) => {
      const bench = new Bench({ seed: 3 }).send(setup())
      bench.session.inject({ fault: 'latency', ...latency })
      bench.session.sendText('{}')
      bench
        .send(text('Hello'))
        .wait(afterMs)
        .send(audio(silence(20)))
      expect(bench.session.inputsDuringWindow).toEqual(inputs)
    },
  )

  it.each([
    ['gemini-2.5', { grace: 1, violations: 0 }],
    ['gemini-3.1', { grace: 1, violations: 0 }],
  ] as const)(
    'of silence makes input no violation for a call that the client never saw: %s',
    (profile, inputs) => {
      const bench = new Bench({ profile }).send(setup())
      bench.session.inject({ fault: 'silence' })
      bench
        .send(text('Hello'))
        .wait(60_000)
        .send(audio(silence(20)))
        .wait(60_000)
      expect(bench.session.inputsDuringWindow).toEqual(inputs)
      expect(bench.session.closed).toBeUndefined()
    },
  )

  it('of silence keeps the window of a call that left before', () => {
    const bench = new Bench().send(setup(), text('Hello'))
    bench.session.inject({ fault: 'silence' })
    bench.session.callTools([{ name: 'get_weather' }])
    bench.wait(50).send(audio(silence(20)))
    expect(bench.session.closed).toMatchObject({ code: 1008 })
  })

  it.each([
    [{ ms: 100 }, [100, 150]],
    // Only jitter, and jitter as large as the fixed delay.
    [{ ms: 0, jitterMs: 100 }, [26, 50]],
    [{ ms: 100, jitterMs: 100 }, [126, 150]],
  ])('of latency never sends a frame before it is due: %j', (latency, leaves) => {
    const bench = new Bench().send(setup())
    bench.seen()
    bench.session.inject({ fault: 'latency', ...latency })
    for (const timeLeftMs of [1, 2]) {
      bench.session.goAway(timeLeftMs)
      bench.wait(50)
    }
    bench.wait(500)
    expect(bench.seen().map((line) => Math.floor(Number.parseFloat(line)))).toEqual(leaves)
    expect(bench.session.log.filter(({ kind }) => kind === 'sent')).toHaveLength(3)
  })

  it('of stop-reading is replaced by a later one, and ends with the session', () => {
    const bench = new Bench()
    bench.session.inject({ fault: 'stop-reading', forMs: 300 })
    bench.wait(100).session.inject({ fault: 'stop-reading', forMs: 500 })
    bench.wait(1000).session.inject({ fault: 'stop-reading', forMs: 500 })
    bench.session.drop()
    expect(bench.seen()).toEqual([
      '0 stops reading',
      '100 reads',
      '100 stops reading',
      '600 reads',
      '1100 stops reading',
      '1100 drop',
      '1100 reads',
    ])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('of latency ends with the session, and delayed frames leave before a close', () => {
    const bench = new Bench().send(setup())
    bench.session.inject({ fault: 'latency', ms: 100 })
    bench.send(text('Hello')).session.close(1011, '')
    expect(bench.seen().slice(1)).toEqual([
      '0 toolCall function-call-1 get_weather({"city":"Dublin"})',
      '0 close 1011 ',
    ])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('ends with the session: reading goes on, so that a close frame can be answered', () => {
    const bench = new Bench().send(setup())
    bench.session.inject({ fault: 'stop-reading', forMs: 1000 })
    bench.session.close(1000, '')
    expect(bench.seen().slice(1)).toEqual(['0 stops reading', '0 close 1000 ', '0 reads'])
    expect(() => bench.session.inject({ fault: 'drop' })).toThrow(EmulatorError)
  })

  it.each<[object, string]>([
    [
      {},
      'fault.fault must be one of close, drop, silence, latency, stop-reading, audio-message, send, go-away, but is undefined',
    ],
    [
      { fault: 'close', like: 'tired' },
      'fault.like must be one of cancelled, invalid-argument, media-chunks-deprecated, audio-not-supported, ' +
        'sample-rate-changed, key-expired, location-not-supported, unimplemented, not-found, session-not-found, ' +
        'session-expired, access-denied, aborted, go-away-ignored, internal, unavailable, deadline-exceeded, ' +
        'resource-exhausted, credits-depleted, but is "tired"',
    ],
    [
      { fault: 'close', code: 1006, reason: '' },
      'fault.code must be a close code that a frame can carry, but is 1006',
    ],
    [{ fault: 'close', code: 1000 }, 'fault.reason must be a text of at most 123 bytes, but is undefined'],
    [
      { fault: 'close' },
      'fault must be a close with like, or with code and reason, but is {"fault":"close"}',
    ],
    [{ fault: 'latency', ms: -1 }, 'fault.ms must be a number of milliseconds, but is -1'],
    [
      { fault: 'latency', ms: 1, jitterMs: '1' },
      'fault.jitterMs must be a number of milliseconds, but is "1"',
    ],
    [{ fault: 'audio-message' }, 'fault.ms must be a number of milliseconds, but is undefined'],
    [{ fault: 'audio-message', ms: 0 }, 'fault.ms must be more than 0, but is 0'],
    [{ fault: 'stop-reading' }, 'fault.forMs must be a number of milliseconds, but is undefined'],
    [
      { fault: 'stop-reading', forMs: 2 ** 31 },
      'fault.forMs must be a number of milliseconds, but is 2147483648',
    ],
    [{ fault: 'send' }, 'fault.text must be a string, but is undefined'],
    [{ fault: 'latency', ms: 1, jitter: 1 }, 'fault.jitter is unknown; known fields are fault, ms, jitterMs'],
    [
      { fault: 'close', like: 'aborted', reason: 'mine' },
      'fault.reason is unknown; known fields are fault, like',
    ],
    [{ fault: 'drop', afterMs: 5 }, 'fault.afterMs is unknown; known fields are fault'],
    [{ fault: 'go-away' }, 'fault.timeLeftMs must be a number of milliseconds, but is undefined'],
  ])('that is invalid is refused: %j', (fault, message) => {
    expect(() => new Bench().send(setup()).session.inject(fault as Fault)).toThrow(
      expect.objectContaining({ name: 'EmulatorError', code: 'invalid-option', message }),
    )
  })

  it.each<[KnownClose, string]>([
    ['cancelled', '1000 The operation was cancelled.'],
    ['invalid-argument', '1007 Request contains an invalid argument.'],
    [
      'media-chunks-deprecated',
      '1007 realtime_input.media_chunks is deprecated. Use audio, video, or text instead.',
    ],
    [
      'audio-not-supported',
      '1007 The audio content type (CONTENT_TYPE_AUDIO) is not supported for this model configuration.',
    ],
    [
      'sample-rate-changed',
      '1007 Sample rate changed from previously 24000 to 16000, which is not supported.',
    ],
    ['key-expired', '1007 API key expired. Please renew the API key.'],
    ['location-not-supported', '1007 User location is not supported for the API use.'],
    ['unimplemented', '1008 Operation is not implemented, or supported, or enabled.'],
    ['not-found', '1008 Requested entity was not found.'],
    ['session-not-found', '1008 BidiGenerateContent session not found'],
    ['session-expired', '1008 BidiGenerateContent session expired'],
    ['access-denied', '1008 Your project has been denied access. Please contact support.'],
    [
      'go-away-ignored',
      '1008 Connection aborted because the client failed to close the connection after receiving a GoAway signal once the session durat',
    ],
    ['aborted', '1008 The operation was aborted.'],
    ['internal', '1011 Internal error occurred.'],
    ['unavailable', '1011 The service is currently unavailable.'],
    ['deadline-exceeded', '1011 Deadline expired before operation could complete.'],
    ['resource-exhausted', '1011 RESOURCE_EXHAUSTED: Maximum google search tool usage exceeded.'],
    [
      'credits-depleted',
      '1011 Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and bill',
    ],
  ])('of a close like %s is: %s', (like, close) => {
    const bench = new Bench().send(setup())
    bench.session.inject({ fault: 'close', like })
    expect(bench.seen().slice(1)).toEqual([`0 close ${close}`])
  })
})

describe('at the socket', () => {
  let emulator: Emulator

  afterEach(() => emulator.close())

  /** Connects and sends a setup. Returns the close, or the error of the attempt. */
  function outcome(): Promise<string> {
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath)
    socket.on('open', () => socket.send(JSON.stringify(setup())))
    return new Promise((resolve) => {
      socket.on('message', (data) => {
        resolve(JSON.stringify(JSON.parse(String(data))))
        socket.close()
      })
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', (code, reason) => resolve(`${code} ${reason}`))
    })
  }

  it.each<[NextFault, string]>([
    [{ fault: 'refuse', status: 401 }, 'Unexpected server response: 401'],
    [{ fault: 'refuse', status: 429 }, 'Unexpected server response: 429'],
    [{ fault: 'close', like: 'key-expired' }, '1007 API key expired. Please renew the API key.'],
    [{ fault: 'drop' }, '1006 '],
  ])('the next connection gets %j, the one after it none', async (fault, expected) => {
    emulator = await startEmulator()
    emulator.injectNext(fault)
    expect([await outcome(), await outcome()]).toEqual([expected, '{"setupComplete":{}}'])
  })

  it('the next connections get the faults in the order in which they were given', async () => {
    emulator = await startEmulator()
    emulator.injectNext({ fault: 'refuse', status: 503 })
    emulator.injectNext({ fault: 'drop' })
    emulator.injectNext({ fault: 'close', like: 'key-expired' })
    expect([await outcome(), await outcome(), await outcome(), await outcome()]).toEqual([
      'Unexpected server response: 503',
      '1006 ',
      '1007 API key expired. Please renew the API key.',
      '{"setupComplete":{}}',
    ])
  })

  it.each<[string, () => unknown]>([
    ['clearNext', () => emulator.clearNext()],
    ['the control port', () => fetch(`${emulator.url}/control/faults/next`, { method: 'DELETE' })],
  ])('the next connection gets no fault that %s has cleared', async (_by, clear) => {
    emulator = await startEmulator({ control: true })
    emulator.injectNext({ fault: 'refuse', status: 503 })
    emulator.injectNext({ fault: 'drop' })
    await clear()
    emulator.injectNext({ fault: 'refuse', status: 429 })
    expect([await outcome(), await outcome()]).toEqual([
      'Unexpected server response: 429',
      '{"setupComplete":{}}',
    ])
  })

  it('a handshake that never becomes a connection leaves the fault to the next connection', async () => {
    emulator = await startEmulator()
    emulator.injectNext({ fault: 'drop' })
    const statuses = [livePath, '/elsewhere'].map(async (path) => {
      const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1')
      // It has no Sec-WebSocket-Key.
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
      return String(await once(socket, 'data')).slice(9, 12)
    })
    expect(await Promise.all(statuses)).toEqual(['400', '404'])
    expect([await outcome(), await outcome()]).toEqual(['1006 ', '{"setupComplete":{}}'])
  })

  it('a handshake that is repeated after a 401, as by the WebSocket of Node, is refused again', async () => {
    emulator = await startEmulator()
    emulator.injectNext({ fault: 'refuse', status: 401 })
    emulator.injectNext({ fault: 'refuse', status: 429 })
    const statuses: string[] = []
    // A repetition has the key of the first attempt.
    for (const key of ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ==', 'YW5vdGhlciBzYW1wbGUuLg==']) {
      const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1')
      const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`
      socket.write(`GET ${livePath} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n\r\n`)
      statuses.push(String(await once(socket, 'data')).slice(9, 12))
    }
    expect(statuses).toEqual(['401', '401', '429'])
    expect(await outcome()).toBe('{"setupComplete":{}}')
  })

  it('the next connection gets no setupComplete', async () => {
    emulator = await startEmulator()
    emulator.injectNext({ fault: 'silence' })
    const silent = outcome()
    await expect.poll(() => emulator.sessions[0]?.setup).toBeDefined()
    expect(emulator.sessions[0]?.log.map((entry) => entry.kind)).toEqual(['connected', 'fault', 'received'])
    emulator.sessions[0]?.close(1000, 'done')
    expect(await silent).toBe('1000 done')
  })

  it.each<[object, string]>([
    [{ fault: 'refuse', status: 200 }, 'fault.status must be one of 401, 403, 429, 503, but is 200'],
    [
      { fault: 'go-away', timeLeftMs: 1 },
      'fault.fault must be a fault that can come before the setup, but is "go-away"',
    ],
    [
      { fault: 'refused', status: 401 },
      'fault.fault must be one of close, drop, silence, latency, stop-reading, audio-message, send, refuse, but is "refused"',
    ],
    [
      { fault: 'refuse', status: 401, reason: 'x' },
      'fault.reason is unknown; known fields are fault, status',
    ],
  ])('the next connection cannot get %j', async (fault, message) => {
    emulator = await startEmulator()
    expect(() => emulator.injectNext(fault as NextFault)).toThrow(
      expect.objectContaining({ name: 'EmulatorError', code: 'invalid-option', message }),
    )
  })

  const post = (to: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${emulator.url}/control/faults/${to}`, { method: 'POST', body, headers })
  const thereIs =
    'there is POST /control/faults/next, /all or /NUMBER, DELETE /control/faults/next, GET /control/sessions and ' +
    'GET /control/sessions/NUMBER/log'
  const get = async <Body>(path: string) =>
    (await (await fetch(`${emulator.url}/control/${path}`)).json()) as Body

  it('the control port injects faults and reports what sessions saw, without a key', async () => {
    emulator = await startEmulator({ control: true })
    expect((await post('next', '{"fault":"refuse","status":401}')).status).toBe(204)
    expect(await outcome()).toBe('Unexpected server response: 401')
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath)
    socket.on('open', () => socket.send(JSON.stringify(setup())))
    const closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve(`${code} ${reason}`)),
    )
    await new Promise((resolve) => socket.once('message', resolve))
    socket.send(JSON.stringify(audio(silence(20))))
    await expect.poll(() => emulator.sessions[0]?.receivedAudio().length).toBe(320)
    expect((await post('1', '{"fault":"close","like":"aborted"}')).status).toBe(204)
    expect(await closed).toBe('1008 The operation was aborted.')
    const sessions = await get('sessions')
    expect(sessions).toEqual([
      {
        number: 1,
        connection: { api: 'gemini', version: 'v1beta', constrained: false, credential: 'key' },
        epoch: 1,
        model: 'models/gemini-2.5-flash-native-audio',
        receivedSamples: 320,
        signals: [],
        turns: [],
        brackets: { starts: 0, ends: 0, open: false, balanced: true },
        inputsDuringWindow: { grace: 0, violations: 0 },
        toolResponses: [],
        forgotten: { entries: 0, samples: 0 },
        closed: { code: 1008, reason: 'The operation was aborted.', by: 'server' },
      },
    ])
    const log = await get<readonly LogEntry[]>('sessions/1/log')
    expect(log.map((entry) => entry.kind)).toEqual([
      'connected',
      'received',
      'sent',
      'received',
      'fault',
      'close',
    ])
    expect(JSON.stringify([sessions, log])).not.toContain('secret')
  })

  it.each([
    ['next', '{', 400, 'the body must be a fault as JSON, but is "{"'],
    ['next', '{"fault":"refuse"}', 400, 'fault.status must be one of 401, 403, 429, 503, but is undefined'],
    [
      'all',
      '{"fault":"refuse","status":401}',
      400,
      'fault.fault must be one of close, drop, silence, latency, stop-reading, audio-message, send, go-away, ' +
        'but is "refuse"',
    ],
    ['0', '{"fault":"drop"}', 404, 'there is no session 0'],
    ['all', '{"fault":"drop"}', 404, 'no open session can take this fault'],
    ['0/1', '{"fault":"drop"}', 404, `there is no POST /control/faults/0/1; ${thereIs}`],
    ['', '{"fault":"drop"}', 404, `there is no POST /control/faults/; ${thereIs}`],
  ])('the control port refuses a fault for %s: %s', async (to, body, status, message) => {
    emulator = await startEmulator({ control: true })
    const response = await post(to, body)
    const { error } = (await response.json()) as { error: string }
    expect([response.status, error]).toEqual([status, message])
  })

  it.each([
    ['GET', 'sessions/1'],
    ['GET', 'sessions/1/logs'],
    ['GET', 'faults'],
    ['DELETE', 'sessions/next'],
    ['DELETE', 'faults/1'],
    ['POST', 'sessions/next'],
    ['PUT', 'faults/next'],
  ])('the control port has no %s %s', async (method, path) => {
    emulator = await startEmulator({ control: true })
    const response = await fetch(`${emulator.url}/control/${path}`, { method })
    const error = `there is no ${method} /control/${path}; ${thereIs}`
    expect([response.status, await response.json()]).toEqual([404, { error }])
  })

  it.each([
    ['2', 404, 'session 2 was dropped to bound memory'],
    ['4', 404, 'there is no session 4'],
    ['03', 404, 'there is no session 03'],
    ['3', 500, 'TypeError: Do not know how to serialize a BigInt'],
  ])('the control port says of session %s: %d %s', async (number, status, error) => {
    emulator = await startEmulator()
    const session = { number: 3, log: [1n] as unknown } as EmulatedSession
    const port = { host: '127.0.0.1', sessions: [session], injectNext: () => {}, clearNext: () => {} }
    const server = createServer((request, response) => void control(request, response, port))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const response = await fetch(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/control/sessions/${number}/log`,
    )
    expect(response.headers.get('content-type')).toBe('application/json')
    expect([response.status, await response.json()]).toEqual([status, { error }])
    server.close()
  })

  it('the control port reads a body whose characters are split between pieces', async () => {
    emulator = await startEmulator()
    const faults: NextFault[] = []
    const injectNext = (fault: NextFault) => void faults.push(fault)
    const port = { host: '127.0.0.1', sessions: [], injectNext, clearNext: () => {} }
    const body = Buffer.from('{"fault":"send","text":"é€🌧"}')
    const pieces = Readable.from(Array.from(body, (byte) => Buffer.of(byte)))
    const request = Object.assign(pieces, { method: 'POST', url: '/control/faults/next', headers: {} })
    const response = { writeHead: () => response, end: () => response }
    await control(request as unknown as IncomingMessage, response as unknown as ServerResponse, port)
    expect(faults).toEqual([{ fault: 'send', text: 'é€🌧' }])
  })

  it('the control port counts the bytes of a body', async () => {
    emulator = await startEmulator({ control: true })
    const bodyOf = (bytes: number) => JSON.stringify({ fault: 'send', text: 'é'.repeat((bytes - 26) / 2) })
    const tooLong = await post('next', bodyOf(1_000_002))
    expect([tooLong.status, await tooLong.json()]).toEqual([
      400,
      { error: 'the body must have at most 1000000 bytes' },
    ])
    expect((await post('next', bodyOf(1_000_000))).status).toBe(204)
  })

  it('the control port reads even a body that is too long to its end before it refuses it', async () => {
    emulator = await startEmulator({ control: true })
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1')
    const bytes = 50_000_000
    socket.write(`POST /control/faults/next HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`)
    await new Promise((written) => socket.write(Buffer.alloc(bytes), written))
    // Like clients that write everything before they read, and then reuse the connection.
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 400 /)
    socket.write('GET /control/sessions HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })

  it('a fault for all sessions reaches each one that can take it', async () => {
    emulator = await startEmulator({ control: true })
    const sockets = ['', setup(), '', setup()].map((message) => {
      const socket = new WebSocket(emulator.url.replace('http', 'ws') + livePath)
      socket.on('open', () => message !== '' && socket.send(JSON.stringify(message)))
      return socket
    })
    const isSetUp = () => emulator.sessions.filter((session) => session.setup !== undefined)
    await expect.poll(() => [emulator.sessions.length, isSetUp().length]).toEqual([4, 2])
    const response = await post('all', '{"fault":"go-away","timeLeftMs":1000}')
    expect(response.status).toBe(204)
    expect(isSetUp().map(({ log }) => log.at(-1))).toMatchObject([
      { message: { type: 'goAway', timeLeftMs: 1000 } },
      { message: { type: 'goAway', timeLeftMs: 1000 } },
    ])
    for (const socket of sockets) socket.close()
  })

  // A browser lets a page post text to another origin unasked; it only keeps the answer from the page.
  it.each(['http://evil.example', 'null'])(
    'the control port does nothing for a page of %s',
    async (origin) => {
      emulator = await startEmulator({ control: true })
      const refused = await post('next', '{"fault":"refuse","status":503}', { origin })
      expect([refused.status, await refused.json()]).toEqual([
        403,
        { error: 'pages in a browser may not use /control/: send the request without the header Origin' },
      ])
      expect((await fetch(`${emulator.url}/control/sessions`, { headers: { origin } })).status).toBe(403)
      expect(await outcome()).toMatch('setupComplete')
    },
  )

  // DNS rebinding: to the browser, a page whose own name leads here is of the same origin, so a GET has no Origin.
  it.each([
    ['127.0.0.1:8787', 200],
    ['LocalHost', 200],
    ['[::1]:8787', 200],
    ['192.168.1.5:8787', 200],
    ['emulator:8787', 200],
    ['app.localhost:8787', 200],
    ['host.docker.internal:8787', 200],
    ['Gate.example:8787', 200],
    ['rebound.example:8787', 403],
    ['localhost.rebound.example', 403],
    ['127.0.0.1.rebound.example', 403],
    ['rebound.gate.example', 403],
    ['localhost.', 403],
    ['no name', 403],
  ])('the control port of gate.example answers a request for the host %s with %d', async (host, status) => {
    emulator = await startEmulator()
    const port = { host: 'gate.example', sessions: [], injectNext: () => {}, clearNext: () => {} }
    const server = createServer((request, response) => void control(request, response, port))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(`GET /control/sessions HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    let answer = ''
    for await (const piece of socket.setEncoding('utf8')) answer += piece
    server.close()
    const error = `/control/ is not for ${host}, to which a page in a browser may have led its own name: send the request to an address, or with "Host: localhost"`
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.includes(JSON.stringify(error))).toBe(status === 403)
  })

  it('the control port is off by default', async () => {
    emulator = await startEmulator()
    const refused = await post('next', '{"fault":"drop"}')
    expect([refused.status, await refused.json()]).toEqual([
      404,
      { error: '/control/ is off: set the option control, or pass --control' },
    ])
  })
})
