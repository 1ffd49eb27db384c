/**
 * What the gate costs while it is open: `sendRealtimeInput` of a 20 ms frame through Livegate against the bare SDK, over a
 * connection that does nothing. The figure is a ratio measured in one run, in rounds that alternate between the two, because
 * a machine's mood changes more than the gate costs.
 */
import { GoogleGenAI, Session } from '@google/genai'
import { connectLive, type GatedSession } from '@livegate/genai'
import { measure } from 'mitata'

const rounds = Number(process.env.LIVEGATE_BENCH_ROUNDS ?? 61)

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

const options = { min_cpu_time: 40e6, warmup_samples: 2 }
const results: { readonly bareNs: number; readonly gatedNs: number }[] = []
for (let round = 0; round < rounds; round++) {
  const first = await measure(round % 2 === 0 ? sendBare : sendGated, options)
  const second = await measure(round % 2 === 0 ? sendGated : sendBare, options)
  const [bareStats, gatedStats] = round % 2 === 0 ? [first, second] : [second, first]
  results.push({ bareNs: bareStats.p50, gatedNs: gatedStats.p50 })
}
const ratios = results.map(({ bareNs, gatedNs }) => gatedNs / bareNs).sort((a, b) => a - b)
const [quarter, threeQuarters] = [0.25, 0.75].map(
  (part) => ratios[Math.floor(part * ratios.length)] ?? Number.NaN,
)
const { sent, offered } = gated.gate.snapshot().counters.audio
if (sent !== offered) throw new Error('the gate was not open all the time')

process.stdout.write(`sendRealtimeInput of a 20 ms frame, over a connection that does nothing
  bare SDK          ${median(results.map(({ bareNs }) => bareNs)).toFixed(0)} ns, ${bytesPerCall(sendBare).toFixed(1)} bytes of heap
  through Livegate  ${median(results.map(({ gatedNs }) => gatedNs)).toFixed(0)} ns, ${bytesPerCall(sendGated).toFixed(1)} bytes of heap
  ratio             ${median(ratios).toFixed(3)} (half of ${rounds} rounds between ${quarter?.toFixed(3)} and ${threeQuarters?.toFixed(3)})
Node ${process.versions.node}, ${process.arch}
`)
