import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { EmulatedSession } from './emulated-session.ts'
import { EmulatorError } from './emulator-error.ts'
import type { NextFault } from './fault.ts'
import { LiveServer } from './live-server.ts'
import { type EmulatorOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import type { Refusal } from './refusal.ts'
import { SessionArchive } from './session-archive.ts'
import { credentialsFor } from './tls.ts'

/** A running emulator. */
export interface Emulator {
  /** `http://HOST:PORT`, with TLS `https://HOST:PORT`: what the SDK takes as `httpOptions.baseUrl`. */
  readonly url: string
  /** The certificate that clients must trust, as PEM; undefined without TLS. */
  readonly certificate: string | undefined
  /**
   * All sessions in the order of connection, including those that have ended. When they take more than 256 MiB together, about
   * an hour of one conversation, the emulator drops ended sessions, oldest first, and then the first half of the longest logs:
   * see `EmulatedSession.forgotten`.
   */
  readonly sessions: readonly EmulatedSession[]
  /**
   * Applies a fault to the next connection. Several calls queue faults for as many connections, in order.
   *
   * @throws {EmulatorError} `invalid-option` for an invalid fault.
   */
  injectNext(fault: NextFault): void
  /** Drops the faults that `injectNext` has queued and no connection has got yet, so that they can't reach the next test. */
  clearNext(): void
  /** Ends all sessions (close code 1001) and frees the port. A second call returns the promise of the first. */
  close(): Promise<void>
}

/**
 * Starts an emulator on a port of its own.
 *
 * Rejects with `EmulatorError`: `invalid-option` before it opens a port, `port-in-use` for a port that is taken, `listen-failed`
 * for a host or port that the platform refuses.
 */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return startObserved(options, () => {})
}

/** Like `startEmulator`; also reports to `onRefusal` what was refused, because no session records it. */
export async function startObserved(
  options: EmulatorOptions,
  onRefusal: (refusal: Refusal) => void,
): Promise<Emulator> {
  const resolved = resolveOptions(options)
  const credentials = await credentialsFor(resolved.tls, resolved.host)
  const server = credentials
    ? createSecureServer({ ...credentials, shouldUpgradeCallback })
    : createServer({ shouldUpgradeCallback })
  const live = new LiveServer(server, resolved, new SessionArchive(), onRefusal)
  await listen(server, resolved)
  let closing: Promise<void> | undefined
  return {
    url: `${credentials ? 'https' : 'http'}://${addressOf(server)}`,
    certificate: credentials?.cert,
    sessions: live.sessions,
    injectNext: (fault) => live.injectNext(fault),
    clearNext: () => live.clearNext(),
    close: () => {
      closing ??= live.close()
      return closing
    },
  }
}

/**
 * Declines other upgrades, such as that to HTTP/2, which Java's HttpClient offers with each request: it is answered as it is. Node before
 * 22.21 does not ask; there such a request gets a 404.
 */
function shouldUpgradeCallback({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

function listen(server: Server, { port, host }: ResolvedOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // Not `once`: a later error, such as a lack of file descriptors, must not end the process.
    server.on('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new EmulatorError('port-in-use', `port ${port} of ${host} is in use`, { cause })
          : new EmulatorError('listen-failed', `can't listen on port ${port} of ${host}: ${cause.message}`, {
              cause,
            }),
      )
    })
    // In a cluster, servers would otherwise share a port, even one that the system chooses, and so their connections.
    server.listen({ port, host, exclusive: true }, resolve)
  })
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
