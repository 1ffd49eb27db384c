/**
 * What the gate costs while it is open: `sendRealtimeInput` of a 20 ms frame through Livegate against the bare SDK, over a
 * connection that does nothing.
 *
 * The ratio is of short batches that take turns, because a machine's mood changes more than the gate costs, and a benchmark
 * loop that is compiled anew for each of the two differs by more than that as well. What a call takes in all is mitata's.
 */
import { GoogleGenAI, Session } from '@google/genai'
import { connectLive, type GatedSession } from '@livegate/genai'
import { measure } from 'mitata'

const rounds = 5
const batchesPerRound = 1500
const callsPerBatch = 300

/** A connection that takes whatever it is given. */
const connection: Session['conn'] = { connect: () => {}, send: () => {}, close: () => {} }

function newBareSession(): Session {
  const { live } = new GoogleGenAI({ apiKey: 'none' })
  // The SDK makes its sessions itself; the client that it hands them is its own affair.
  const { apiClient } = live as unknown as { apiClient: ConstructorParameters<typeof Session>[1] }
  return new Session(connection, apiClient)
}

async function newGatedSession(): Promise<GatedSession<Session>> {
  const ai = { live: { connect: async () => newBareSession() } }
  return connectLive(ai, { model: 'none', callbacks: { onmessage: () => {} } })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function nanosecondsPerCall(run: () => void): number {
  const start = process.hrtime.bigint()
  for (let call = 0; call < callsPerBatch; call++) run()
  return Number(process.hrtime.bigint() - start) / callsPerBatch
}

/** The median batch of the second against the median batch of the first. */
function ratioOf(first: () => void, second: () => void): number {
  const times: { readonly first: number[]; readonly second: number[] } = { first: [], second: [] }
  for (let batch = 0; batch < batchesPerRound; batch++) {
    // Neither is always the one that comes after the other.
    if (batch % 2 === 0) times.first.push(nanosecondsPerCall(first))
    times.second.push(nanosecondsPerCall(second))
    if (batch % 2 === 1) times.first.push(nanosecondsPerCall(first))
  }
  return median(times.second) / median(times.first)
}

/** Bytes of heap that one call takes, with no collection in between. */
function bytesPerCall(run: () => void): number {
  const calls = 2000
  for (let call = 0; call < calls; call++) run()
  const samples = Array.from({ length: 15 }, () => {
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    for (let call = 0; call < calls; call++) run()
    return (process.memoryUsage().heapUsed - before) / calls
  })
  return median(samples)
}

const bare = newBareSession()
const gated = await newGatedSession()
const data = Buffer.alloc(640).toString('base64')
// A new frame each time, as a microphone makes them.
const sendBare = (): void => {
  bare.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } })
}
const sendGated = (): void => {
  gated.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } })
}

ratioOf(sendBare, sendGated) // until both are compiled
const ratios = Array.from({ length: rounds }, () => ratioOf(sendBare, sendGated)).sort((a, b) => a - b)
const [bareStats, gatedStats] = [await measure(sendBare), await measure(sendGated)]
const { sent, offered } = gated.gate.snapshot().counters.audio
if (sent !== offered) throw new Error('the gate was not open all the time')

process.stdout.write(`sendRealtimeInput of a 20 ms frame, over a connection that does nothing
  bare SDK          ${bareStats.p50.toFixed(0)} ns, ${bytesPerCall(sendBare).toFixed(1)} bytes of heap
  through Livegate  ${gatedStats.p50.toFixed(0)} ns, ${bytesPerCall(sendGated).toFixed(1)} bytes of heap
  ratio             ${median(ratios).toFixed(3)} (${rounds} rounds between ${ratios[0]?.toFixed(3)} and ${ratios.at(-1)?.toFixed(3)})
Node ${process.versions.node}, ${process.arch}
`)
