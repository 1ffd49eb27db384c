import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Emulator, startEmulator } from '../src/index.ts'
import { LiveServer } from '../src/live-server.ts'
import { resolveOptions } from '../src/options.ts'
import { SessionArchive } from '../src/session-archive.ts'
import { answer, Bench, setup, text } from './bench.ts'
import { ManualClock } from './manual-clock.ts'

const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
const mebibyte = 'x'.repeat(2 ** 20)

describe('an emulator that lives long', () => {
  it('keeps of 2000 sessions those that fit in its limit, and nothing of the others', async () => {
    const file = fileURLToPath(new URL('fixtures/many-sessions.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file])
    const { seen, kept, first, surplus, audioBytes } = JSON.parse(stdout)
    // Each counts as about 10 kB of the common 4 MiB.
    expect([seen, kept > 350, kept < 470, first, surplus]).toEqual([2000, true, true, 2001 - kept, 0])
    // The speech that their clients did not wait for had 80 kB each.
    expect(audioBytes).toBeLessThan(2 ** 22)
  }, 60_000)
})

describe('the end of an emulator', () => {
  it('reaches every session, even if records of ended ones are dropped meanwhile', async () => {
    const server = createServer()
    // Room for four sessions without any message.
    const live = new LiveServer(server, resolveOptions({}), new SessionArchive(4 * 8192))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
    const sockets = Array.from({ length: 4 }, () => new WebSocket(url))
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    await expect.poll(() => live.sessions.length).toBe(4)
    const closes = Promise.all(sockets.map(async (socket) => (await once(socket, 'close'))[0]))
    await live.close()
    expect(await closes).toEqual([1001, 1001, 1001, 1001])
  })
})

describe('a slow reader', () => {
  let emulator: Emulator

  afterEach(() => emulator.close())

  async function connect() {
    const socket = new WebSocket(emulator.url.replace('http', 'ws') + path)
    await once(socket, 'open')
    socket.send(JSON.stringify(setup()))
    await once(socket, 'message')
    const session = emulator.sessions.at(-1)
    if (session === undefined) throw new Error('the emulator has no session')
    return { socket, session }
  }

  it('on the client side is cut once 16 MiB are unread; others go on, and a client that reads may receive any amount', async () => {
    emulator = await startEmulator()
    const [slow, other] = [await connect(), await connect()]
    slow.socket.pause()
    // The buffers of the two ends of the connection come on top of the 16 MiB.
    let sent = 0
    for (; slow.session.closed === undefined && sent < 64; sent++) {
      slow.session.sendText(mebibyte)
      await nextTurn()
    }
    expect([sent > 16, sent < 64]).toEqual([true, true])
    expect(slow.session.log.slice(-2)).toMatchObject([
      { kind: 'violation', reason: expect.stringMatching(/^the client left 1[67]\d{6} bytes unread$/) },
      { kind: 'close', code: 1006, by: 'server' },
    ])
    for (let count = 0; count < 32; count++) {
      other.session.sendText(`${count}${mebibyte}`)
      const [data] = await once(other.socket, 'message')
      expect(String(data)).toBe(`${count}${mebibyte}`)
    }
    const closed = once(slow.socket, 'close')
    slow.socket.resume()
    expect((await closed)[0]).toBe(1006)
    expect(other.session.closed).toBeUndefined()
    other.socket.close()
  })

  it('on the server side, by a fault, lets frames pile up at the client, then reads all in order', async () => {
    const clock = new ManualClock()
    emulator = await startEmulator({ clock, script: [{ silent: true }] })
    const { socket, session } = await connect()
    session.inject({ fault: 'stop-reading', forMs: 5000 })
    const texts: string[] = []
    // More than the connection's buffers can hold.
    for (let turns = 0; turns < 100 || socket.bufferedAmount < 2 ** 22; turns++) {
      if (socket.bufferedAmount < 2 ** 22) {
        texts.push(`${texts.length}${mebibyte}`)
        socket.send(JSON.stringify(text(texts.at(-1) ?? '')))
      }
      await nextTurn()
    }
    expect(session.receivedSignals()).toEqual([])
    clock.advance(5000)
    await expect.poll(() => session.receivedSignals().length).toBe(texts.length)
    expect(session.receivedSignals().map((signal) => 'text' in signal && signal.text)).toEqual(texts)
    expect([session.closed, socket.bufferedAmount]).toEqual([undefined, 0])
    socket.close()
  })
})

describe('the end for a client that does not read', () => {
  const speak = (bench: Bench) => bench.send(text('Speak'))
  const call = (bench: Bench) => bench.send(text('Call'))

  it.each<[string, (bench: Bench) => void, (bench: Bench) => void]>([
    ['in the middle of speech', speak, (bench) => bench.wait(20)],
    ['before speech', () => {}, speak],
    ['before a call of the script', () => {}, call],
    ['before a call of the test', () => {}, (bench) => bench.session.callTools([{ name: 'f' }])],
    ['before the answer to a call', call, (bench) => bench.send(answer('function-call-1'))],
    ['before an interruption', speak, (bench) => bench.send({ clientContent: { turnComplete: true } })],
    ['before a cancellation', call, (bench) => bench.session.cancelCalls(['function-call-1'])],
    ['before a message of the test', () => {}, (bench) => bench.session.sendText('[]')],
  ])('leaves no message and no timer: %s', (_case, before, act) => {
    const script = [
      { when: { includes: 'speak' }, say: 'A sentence that is not short.' },
      { call: [{ name: 'g' }] },
    ]
    const bench = new Bench({ script }).send(setup({ sessionResumption: {} })).wait(200)
    before(bench)
    bench.unreadBytes = 2 ** 24
    bench.session.sendText('{}')
    expect(bench.seen().at(-1)).toBe('200 {}')
    const sent = bench.frames.length
    bench.unreadBytes++
    act(bench)
    bench.wait(10_000)
    expect(bench.seen()).toEqual([expect.stringMatching(/^2[02]0 drop$/)])
    expect([bench.frames.length, bench.clock.pendingTimers]).toEqual([sent, 0])
    expect(bench.session.log.slice(-2)).toMatchObject([
      { kind: 'violation', reason: 'the client left 16777217 bytes unread' },
      { kind: 'close', code: 1006, by: 'server' },
    ])
  })
})
