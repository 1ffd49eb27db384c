/** The emulator of `emulator-load.ts`, in a process of its own. It sends its parent its address, then its measurements. */
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { startEmulator } from '@livegate/emulator'

/** What the emulator's process measured between `begin` and `end`. */
export interface ServerReport {
  readonly seconds: number
  /** CPU time as a share of one core. */
  readonly cpuShare: number
  /** The share of the time in which the process was ready to run but its core was busy; undefined if the platform doesn't tell. */
  readonly waitShare: number | undefined
  /** Milliseconds between two samples of the clock. An idle process takes one every `sampledEveryMs`. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly sampledEveryMs: number
  readonly residentMiB: number
}

const sampledEveryMs = 1
const millisecond = 1e6
// About 2.5 seconds of speech.
const answer = 'It is twelve degrees in Dublin, with light rain.'

const emulator = await startEmulator({ audioMessageMs: 40, script: [{ say: answer }] })
const delay = monitorEventLoopDelay({ resolution: sampledEveryMs })
let began = { atMs: 0, cpu: process.cpuUsage(), waitedSeconds: waitedSeconds() }

/** Returns how long the main thread waited for its core, according to the Linux scheduler. */
function waitedSeconds(): number | undefined {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e9
  } catch {
    return undefined
  }
}

process.on('message', (command: 'begin' | 'end') => {
  if (command === 'begin') {
    delay.enable()
    began = { atMs: performance.now(), cpu: process.cpuUsage(), waitedSeconds: waitedSeconds() }
    return
  }
  delay.disable()
  const seconds = (performance.now() - began.atMs) / 1000
  const { user, system } = process.cpuUsage(began.cpu)
  const report: ServerReport = {
    seconds,
    cpuShare: (user + system) / 1e6 / seconds,
    waitShare:
      began.waitedSeconds === undefined
        ? undefined
        : ((waitedSeconds() ?? 0) - began.waitedSeconds) / seconds,
    delayMs: {
      p50: delay.percentile(50) / millisecond,
      p99: delay.percentile(99) / millisecond,
      max: delay.max / millisecond,
    },
    sampledEveryMs,
    residentMiB: process.memoryUsage.rss() / 2 ** 20,
  }
  process.send?.(report)
  process.disconnect()
  void emulator.close()
})
process.send?.(emulator.url)
