/**
 * Measures what the open gate costs: `sendRealtimeInput` of a 20 ms frame through Livegate against the bare SDK, over a connection
 * that does nothing.
 *
 * It measures in short alternating batches, because the speed of a machine varies by more than the gate costs, and so does a
 * benchmark loop that is compiled separately for each of the two. It prints the round with the median ratio, so that the printed
 * times match the printed ratio.
 */
import { GoogleGenAI, Session } from '@google/genai'
import { connectLive, type GatedSession } from '@livegate/genai'

const rounds = 5
const batchesPerRound = 1500
const callsPerBatch = 300

/** A connection that accepts everything and does nothing. */
const connection: Session['conn'] = { connect: () => {}, send: () => {}, close: () => {} }

function newBareSession(): Session {
  const { live } = new GoogleGenAI({ apiKey: 'none' })
  // The SDK creates sessions with its internal client, which is not public.
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

/** Nanoseconds per call of each, in its median batch. */
interface Round {
  readonly first: number
  readonly second: number
  readonly ratio: number
}

function play(first: () => void, second: () => void): Round {
  const times: { readonly first: number[]; readonly second: number[] } = { first: [], second: [] }
  for (let batch = 0; batch < batchesPerRound; batch++) {
    // Alternate the order, so that neither always follows the other.
    if (batch % 2 === 0) times.first.push(nanosecondsPerCall(first))
    times.second.push(nanosecondsPerCall(second))
    if (batch % 2 === 1) times.first.push(nanosecondsPerCall(first))
  }
  const medians = { first: median(times.first), second: median(times.second) }
  return { ...medians, ratio: medians.second / medians.first }
}

/** Returns the bytes of heap that one call takes, without a garbage collection meanwhile. */
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
// A new object each time, as for the frames of a microphone.
const sendBare = (): void => {
  bare.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } })
}
const sendGated = (): void => {
  gated.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } })
}

play(sendBare, sendGated) // Warms up, so that both are compiled.
const played = Array.from({ length: rounds }, () => play(sendBare, sendGated))
const byRatio = played.sort((a, b) => a.ratio - b.ratio)
const [lowest, middle, highest] = [byRatio[0], byRatio[(rounds - 1) / 2], byRatio.at(-1)]
const { sent, offered } = gated.gate.snapshot().counters.audio
if (sent !== offered) throw new Error('the gate was not open all the time')

process.stdout.write(`sendRealtimeInput of a 20 ms frame, over a connection that does nothing
  bare SDK          ${middle?.first.toFixed(1)} ns, ${bytesPerCall(sendBare).toFixed(1)} bytes of heap
  through Livegate  ${middle?.second.toFixed(1)} ns, ${bytesPerCall(sendGated).toFixed(1)} bytes of heap
  ratio             ${middle?.ratio.toFixed(3)} (${rounds} rounds between ${lowest?.ratio.toFixed(3)} and ${highest?.ratio.toFixed(3)})
Node ${process.versions.node}, ${process.arch}
`)
