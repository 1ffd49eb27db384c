/**
 * Checks that one emulator on one core can serve many sessions in real time. Each session sends 50 frames of 20 ms of audio per
 * second, and receives 25 messages of 40 ms. The emulator runs in a process of its own, which measures its event loop's delay.
 */
import { fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ServerReport } from './emulator-load-server.ts'
import { LoadClients } from './load-clients.ts'

const help = `Usage: node dist/emulator-load.js [options]

Serves many sessions in real time with one emulator, pinned to one core if taskset is available, and prints how long its event
loop was delayed. Other work on the machine affects the figures; the load average is printed with them.

  --sessions N   sessions at once; default 200
  --seconds N    how long to measure, after 3 s to warm up; default 20
  -h, --help     show this

Exit codes: 0 the 99th percentile of the delay is below 20 ms and no session ended; 1 otherwise; 2 wrong usage.
`

const warmUpSeconds = 3
const limitMs = 20
const { sessions, seconds } = readArguments()

function readArguments(): { readonly sessions: number; readonly seconds: number } {
  try {
    const { values } = parseArgs({
      options: {
        sessions: { type: 'string', default: '200' },
        seconds: { type: 'string', default: '20' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      process.stdout.write(help)
      process.exit(0)
    }
    const [sessions, seconds] = [
      wholeNumber('sessions', values.sessions),
      wholeNumber('seconds', values.seconds),
    ]
    return { sessions, seconds }
  } catch (error) {
    process.stderr.write(`emulator-load: ${(error as Error).message}; see --help\n`)
    process.exit(2)
  }
}

function wholeNumber(flag: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${flag} takes a whole number above 0, not "${text}"`)
}

/** Starts the emulator alone on the last core, and moves this process to the others, if there are any. */
function startServer() {
  const file = fileURLToPath(new URL('emulator-load-server.js', import.meta.url))
  const last = cpus().length - 1
  const isPinned =
    last > 0 && spawnSync('taskset', ['-acp', `0-${last - 1}`, String(process.pid)]).status === 0
  const child = isPinned
    ? spawn('taskset', ['-c', String(last), process.execPath, ...process.execArgv, file], {
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      })
    : fork(file)
  return { child, isPinned }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const { child, isPinned } = startServer()
process.once('exit', () => child.kill())
const [url] = (await once(child, 'message')) as [string]
const clients = new LoadClients()
await clients.open(url, sessions)
clients.start()
process.stderr.write(`${sessions} sessions are open; measuring for ${seconds} s …\n`)
await wait(warmUpSeconds * 1000)

const before = { ...clients.counts }
child.send('begin')
await wait(seconds * 1000)
child.send('end')
const [report] = (await once(child, 'message')) as [ServerReport]
const perSession = (kind: 'up' | 'down') => (clients.counts[kind] - before[kind]) / report.seconds / sessions
const [up, down, ended] = [perSession('up'), perSession('down'), clients.counts.closed]
clients.stop()

const { p50, p99, max } = report.delayMs
const percent = (share: number) => `${(share * 100).toFixed(0)} %`
const waited =
  report.waitShare === undefined ? '' : `, waited for it ${percent(report.waitShare)} of the time`
const held = p99 < limitMs && ended === 0
// On an idle machine the share is far lower.
const isDisturbed = (report.waitShare ?? 0) > 0.1
const verdict = held ? 'yes' : isDisturbed ? 'no, but other work had the core: measure again' : 'no'
process.stdout.write(`One emulator, ${sessions} sessions for ${seconds} s
  up                ${up.toFixed(1)} frames of 20 ms per second and session, ${(up * sessions).toFixed(0)} in all
  down              ${down.toFixed(1)} messages of 40 ms per second and session, ${(down * sessions).toFixed(0)} in all
  sessions lost     ${ended}
  emulator          ${percent(report.cpuShare)} of a core${isPinned ? ', pinned to it' : ', not pinned'}${waited}; ${report.residentMiB.toFixed(0)} MiB
  event loop        p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms between samples; ${report.sampledEveryMs} ms is no delay
  p99 below ${limitMs} ms   ${verdict}
Node ${process.versions.node}, ${process.arch}, ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}
`)
process.exitCode = held ? 0 : 1
