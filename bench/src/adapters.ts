/**
 * Measures what a connection costs its client, over real sockets on this machine: `@livegate/ws` against the bare SDK, which uses
 * `ws` too. CPU time is that of all threads of this process; the server is another process. Batches of the two alternate, and the
 * median of each is printed.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { GoogleGenAI, type LiveConnectParameters } from '@google/genai'
import { InputGate } from '@livegate/core'
import { connectLive as connectGated } from '@livegate/genai'
import { connectLive } from '@livegate/ws'
import { WebSocket } from 'ws'

const batches = 150
const model = 'gemini-2.5-flash-native-audio'
const tools = [{ functionDeclarations: [{ name: 'get_weather' }] }]

/** A client, as the benchmark uses it. */
interface Client {
  readonly name: string
  /** Sends 20 ms of samples, as a microphone delivers them. */
  sendSamples(samples: Int16Array): void
  /** Sends the same, encoded by the caller. */
  sendBase64(data: string): void
  /** Asks the server for something, and waits until it is done. */
  ask(text: string): Promise<void>
  /** Asks for a call and answers it. Returns the nanoseconds from its bytes to the shut gate; without a gate, to `onmessage`. */
  call(): Promise<number>
  close(): void
}

/** Handles the server's messages for both clients. */
class Inbox {
  /** Bytes of audio decoded. Counting them keeps the decoding from being optimised away. */
  heard = 0
  called: (id: string) => void = () => {}
  done: () => void = () => {}
  /** Nanoseconds from the latest bytes to the first `stop` after them. */
  elapsed = 0
  #arrivedAt: bigint | undefined

  /** Notes when bytes arrive, before the socket's own reader sees them. */
  watch(socket: unknown): void {
    const { _socket: stream } = socket as { _socket: NodeJS.EventEmitter }
    stream.prependListener('data', () => {
      this.#arrivedAt = process.hrtime.bigint()
    })
  }

  stop(): void {
    if (this.#arrivedAt === undefined) return
    this.elapsed = Number(process.hrtime.bigint() - this.#arrivedAt)
    this.#arrivedAt = undefined
  }

  ask(send: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.done = resolve
      send()
    })
  }

  call(send: () => void): Promise<string> {
    return new Promise((resolve) => {
      this.called = resolve
      send()
    })
  }
}

/** Stops the inbox's clock when the gate shuts. The gate's events come too late: after the whole message is processed. */
function watchGate(gate: InputGate, inbox: Inbox): void {
  gate.hold = (name, id) => {
    const hold = InputGate.prototype.hold.call(gate, name, id)
    inbox.stop()
    return hold
  }
}

/** Connects with the bare SDK, or with `@livegate/genai` around it. */
async function newSdkClient(port: number, isGated: boolean): Promise<Client> {
  const inbox = new Inbox()
  const ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } })
  const params: LiveConnectParameters = {
    model,
    config: { tools },
    callbacks: {
      onmessage: (message) => {
        if (message.toolCall) {
          if (!isGated) inbox.stop()
          inbox.called(message.toolCall.functionCalls?.[0]?.id ?? '')
        } else if ('done' in message) inbox.done()
        for (const { inlineData } of message.serverContent?.modelTurn?.parts ?? []) {
          inbox.heard += Buffer.from(inlineData?.data ?? '', 'base64').length
        }
      },
    },
  }
  const gated = isGated ? await connectGated(ai, params) : undefined
  if (gated) watchGate(gated.gate, inbox)
  const session = gated ?? (await ai.live.connect(params))
  inbox.watch((session.conn as unknown as { ws: unknown }).ws)
  const mimeType = 'audio/pcm;rate=16000'
  return {
    name: isGated ? '@livegate/genai' : 'bare SDK',
    sendSamples: ({ buffer, byteOffset, byteLength }) => {
      const data = Buffer.from(buffer, byteOffset, byteLength).toString('base64')
      session.sendRealtimeInput({ audio: { data, mimeType } })
    },
    sendBase64: (data) => session.sendRealtimeInput({ audio: { data, mimeType } }),
    ask: (text) => inbox.ask(() => session.sendRealtimeInput({ text })),
    call: async () => {
      const id = await inbox.call(() => session.sendRealtimeInput({ text: 'call' }))
      session.sendToolResponse({ functionResponses: { id, name: 'get_weather', response: {} } })
      return inbox.elapsed
    },
    close: () => session.close(),
  }
}

async function newWsClient(port: number): Promise<Client> {
  const inbox = new Inbox()
  const session = await connectLive({
    apiKey: 'none',
    url: `http://127.0.0.1:${port}`,
    model,
    config: { tools },
    // The batches come faster than a microphone's audio. None of it may wait for the socket.
    maxBufferedBytes: Number.POSITIVE_INFINITY,
    webSocket: (url) => {
      const socket = new WebSocket(url, { perMessageDeflate: false })
      return socket.on('open', () => inbox.watch(socket))
    },
    callbacks: {
      onmessage: (message) => {
        if (message.toolCall) inbox.called(String(message.toolCall.functionCalls?.[0]?.id))
        else if ('done' in message) inbox.done()
        for (const { inlineData } of message.serverContent?.modelTurn?.parts ?? []) {
          inbox.heard += inlineData?.data?.length ?? 0
        }
      },
    },
  })
  watchGate(session.gate, inbox)
  const mimeType = 'audio/pcm;rate=16000'
  return {
    name: '@livegate/ws',
    sendSamples: (audio) => void session.sendRealtimeInput({ audio }),
    sendBase64: (data) => void session.sendRealtimeInput({ audio: { data, mimeType } }),
    ask: (text) => inbox.ask(() => session.sendRealtimeInput({ text })),
    call: async () => {
      const id = await inbox.call(() => session.sendRealtimeInput({ text: 'call' }))
      session.sendToolResponse({ functionResponses: { id, response: {} } })
      return inbox.elapsed
    },
    close: () => session.close(),
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN
}

type Work = (client: Client) => Promise<void>

/** Returns the microseconds of CPU time that the work takes. */
async function cpuOf(work: Work, client: Client): Promise<number> {
  const before = process.cpuUsage()
  await work(client)
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** Returns the bytes of heap and buffers that the work takes, if no garbage is collected meanwhile. */
async function bytesOf(work: Work, client: Client): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage()
  await work(client)
  const after = process.memoryUsage()
  return after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
}

/** Measures in alternating batches. The order alternates too, so that no client always follows the other. */
async function measure(
  clients: readonly Client[],
  count: number,
  sample: (client: Client) => Promise<number>,
): Promise<number[][]> {
  const samples: number[][] = clients.map(() => [])
  for (let batch = -5; batch < count; batch++) {
    const order = clients.map((client, index) => ({ client, index }))
    if (batch % 2) order.reverse()
    for (const { client, index } of order) {
      const value = await sample(client)
      if (batch >= 0) samples[index]?.push(value)
    }
  }
  return samples
}

/** Prints the figures. The first client is the bare SDK, the last `@livegate/ws`; the ratio compares adjacent batches. */
function print(what: string, unit: string, clients: readonly Client[], samples: readonly number[][]): void {
  const spread = (values: readonly number[], digits: number): string[] =>
    [0.5, 0.1, 0.9].map((part) => quantile(values, part).toFixed(digits))
  process.stdout.write(`${what}\n`)
  for (const [index, { name }] of clients.entries()) {
    const [middle, low, high] = spread(samples[index] ?? [], 1)
    process.stdout.write(
      `  ${name.padEnd(17)}${middle} ${unit} (8 of 10 batches between ${low} and ${high})\n`,
    )
  }
  const own = samples.at(-1) ?? []
  const [middle, low, high] = spread(
    (samples[0] ?? []).map((bare, batch) => bare / (own[batch] ?? 0)),
    2,
  )
  process.stdout.write(
    `  the SDK takes ${middle} times as much as @livegate/ws (between ${low} and ${high})\n`,
  )
}

const server = fork(new URL('audio-server.js', import.meta.url), { execArgv: [] })
const [port] = (await once(server, 'message')) as [number]
const clients = [await newSdkClient(port, false), await newWsClient(port)]

const samples = Int16Array.from({ length: 320 }, (_, index) => 8000 * Math.sin(index / 5))
const base64 = Buffer.from(samples.buffer).toString('base64')
// Reading the CPU time takes up to 90 µs on some machines. With fewer frames these two readings would hide the difference.
const framesPerBatch = 1000
const messagesPerAsk = 100
const asksPerBatch = 4

const send =
  (frames: number, one: (client: Client) => void): Work =>
  async (client) => {
    for (let frame = 1; frame <= frames; frame++) {
      one(client)
      // Let the socket write regularly.
      if (frame % 10 === 0) await turn()
    }
    await client.ask('sent')
  }
const sends: readonly (readonly [string, (client: Client) => void])[] = [
  ['a 20 ms frame sent, from samples', (client) => client.sendSamples(samples)],
  ['a 20 ms frame sent, from base64', (client) => client.sendBase64(base64)],
]
for (const [what, one] of sends) {
  const cpu = await measure(clients, batches, async (client) => {
    return (await cpuOf(send(framesPerBatch, one), client)) / framesPerBatch
  })
  print(`CPU of ${what}`, 'µs', clients, cpu)
}
for (const durationMs of [40, 240]) {
  const cpu = await measure(clients, batches, async (client) => {
    const work: Work = async ({ ask }) => {
      for (let asked = 0; asked < asksPerBatch; asked++) await ask(`audio ${durationMs} ${messagesPerAsk}`)
    }
    return (await cpuOf(work, client)) / (asksPerBatch * messagesPerAsk)
  })
  print(`CPU of a message with ${durationMs} ms of audio received and decoded`, 'µs', clients, cpu)
}

// Few enough that no garbage is collected meanwhile.
for (const [what, one] of sends) {
  const bytes = await measure(clients, 15, async (client) => (await bytesOf(send(100, one), client)) / 100)
  print(`memory taken by ${what}`, 'bytes', clients, bytes)
}
for (const durationMs of [40, 240]) {
  const bytes = await measure(clients, 15, async (client) => {
    return (await bytesOf(({ ask }) => ask(`audio ${durationMs} 50`), client)) / 50
  })
  print(`memory taken by a message with ${durationMs} ms of audio`, 'bytes', clients, bytes)
}

// The bare SDK has no gate. For comparison: how soon its caller could shut one.
const all = [...clients.slice(0, 1), await newSdkClient(port, true), ...clients.slice(1)]
const shut = await measure(all, 400, async (client) => (await client.call()) / 1000)
print('from the bytes of a call to the gate being shut (of the bare SDK: to its onmessage)', 'µs', all, shut)

process.stdout.write(`Node ${process.versions.node}, ${process.arch}; ${batches} batches each, alternating\n`)
for (const client of all) client.close()
server.disconnect()
