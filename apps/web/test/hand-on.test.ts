import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { handOn } from '../src/server/hand-on.ts'
import type { RunStore } from '../src/server/run-store.ts'

// The time that a client is waited for passes only when a test advances it.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** Connects a client that reads a piece on command, and returns the server's end as well. */
async function handedOn(): Promise<{ client: Duplex; upstream: Socket; read: string[]; readOn: () => void }> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const read: string[] = []
  let done = (): void => {}
  const client = new Duplex({
    read() {},
    write(chunk, _, callback) {
      read.push(String(chunk))
      done = callback
    },
  })
  const run = { emulator: { url: `ws://127.0.0.1:${port}` } }
  const request = { url: '/runs/a/live', rawHeaders: [] } as unknown as IncomingMessage
  handOn(request, client, Buffer.alloc(0), { get: () => run } as unknown as RunStore)
  const [upstream] = (await once(server, 'connection')) as [Socket]
  upstream.resume().write('first')
  await expect.poll(() => read, patience).toEqual(['first'])
  return { client, upstream, read, readOn: () => done() }
}

const patience = { timeout: 20_000 }

it('a slow client gets everything that the server sent before it closed', async () => {
  const { client, upstream, read, readOn } = await handedOn()
  upstream.end('last')
  await once(upstream, 'close')
  // This process has the other end of the connection too, which closes with it.
  await expect.poll(() => client.writableEnded, patience).toBe(true)
  await setImmediate()
  readOn()
  await expect.poll(() => read, patience).toEqual(['first', 'last'])
  readOn()
  await expect.poll(() => client.destroyed, patience).toBe(true)
  await expect.poll(() => vi.getTimerCount(), patience).toBe(0)
})

it('a client that stops reading is dropped', async () => {
  const { client, upstream } = await handedOn()
  upstream.end('last')
  await expect.poll(() => vi.getTimerCount(), patience).toBe(1)
  vi.advanceTimersByTime(2000)
  expect(client.destroyed).toBe(true)
})

it('when a client goes, its connection to the server closes', async () => {
  const { client, upstream } = await handedOn()
  client.destroy()
  await once(upstream, 'close')
})
