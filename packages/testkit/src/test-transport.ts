import { LivegateError } from '@livegate/core'
import type { LiveSession } from '@livegate/core/session'
import type { EmulatorServer } from './emulator-server.ts'
import { checkFeatures, type Features } from './features.ts'
import type { PeerServer } from './peer.ts'
import type { ScenarioDefinition } from './scenario.ts'
import { closing } from './scenarios/closing.ts'
import { load } from './scenarios/load.ts'
import { opening } from './scenarios/opening.ts'
import { order } from './scenarios/order.ts'
import { Stage } from './stage.ts'

/** What `create` gets to open a connection. */
export interface Opening<Server> {
  /** Stands in for a `LiveSession`: `connect` takes the transport, and returns the connection to report events to. */
  readonly session: Pick<LiveSession, 'connect'>
  /** The server to connect to: what `listen` returned, or an emulator with its `url`. */
  readonly server: Server
  /** Aborted when the connection is no longer wanted, for transports that take a signal. */
  readonly signal: AbortSignal
}

/** The options of {@link testTransport}. Only `create` is required. */
export interface TransportTestOptions<Server extends PeerServer = EmulatorServer> {
  /**
   * Opens a connection: makes a transport, passes it to `session.connect`, and reports events to the connection. It may return a
   * promise that resolves when the connection is open. If it throws or rejects, the connection could not be opened.
   */
  readonly create: (opening: Opening<Server>) => unknown
  /** Starts the server that `create` connects to, once for each scenario. Default: an emulated Live server over WebSocket. */
  readonly listen?: (() => Server | Promise<Server>) | undefined
  /** The features that the transport lacks, and why. Default: none. */
  readonly features?: Features | undefined
  /**
   * How long a scenario waits, in all, for what should come, in milliseconds. Default 4000, so that it fails with its own message before
   * the timeout of the test runner, which in vitest is 5000.
   */
  readonly limitMs?: number | undefined
}

/** One requirement of a transport, to be run by a test runner or by hand. */
export interface Scenario {
  /** Stable, in kebab case. */
  readonly id: string
  /** What the transport does; if it is not tested, with the reason. */
  readonly title: string
  /** Why it is not tested; `false` if it is. */
  readonly skip: string | false
  /**
   * Runs the scenario on a server of its own. Does nothing if it is skipped.
   *
   * @throws {ConformanceError} if the transport fails it.
   * @throws {LivegateError} `invalid-options`, if `listen` returns something else than a server.
   */
  readonly run: () => Promise<void>
}

const listens = 'a function that returns a server with peers and close()'

const definitions: readonly ScenarioDefinition[] = [...opening, ...order, ...closing, ...load]

/**
 * Returns the scenarios that every transport must pass, for the transport that `create` opens. They depend on no test runner.
 *
 * @example
 * ```ts
 * import { LinkedServer, testTransport } from '@livegate/testkit'
 * import { test } from 'node:test'
 *
 * const scenarios = testTransport({
 *   listen: () => new LinkedServer(),
 *   create: ({ session, server, signal }) => server.connect(session, { signal }),
 * })
 * for (const { title, skip, run } of scenarios) test(title, { skip }, run)
 * ```
 *
 * @throws {LivegateError} `invalid-options`, naming the field.
 */
export function testTransport<Server extends PeerServer = EmulatorServer>({
  create,
  listen,
  features = {},
  limitMs = 4000,
  ...others
}: TransportTestOptions<Server>): Scenario[] {
  if (typeof create !== 'function') {
    throw new LivegateError('invalid-options', 'create', 'a function that opens a connection', create)
  }
  if (listen && typeof listen !== 'function')
    throw new LivegateError('invalid-options', 'listen', listens, listen)
  if (!(typeof limitMs === 'number' && limitMs > 0))
    throw new LivegateError('invalid-options', 'limitMs', 'a number above 0', limitMs)
  const [misspelt] = Object.entries(others).filter(([, value]) => value !== undefined)
  if (misspelt) {
    const [name, value] = misspelt
    throw new LivegateError('invalid-options', name, 'left out: there is no such option here', typeof value)
  }
  checkFeatures(features)
  // Without `listen`, `Server` is its default.
  const start = listen ?? (startEmulatorServer as () => Promise<PeerServer> as () => Promise<Server>)
  return definitions.map((definition) => {
    const missing = definition.feature && features[definition.feature]?.missing
    const scenario = { id: definition.id, title: definition.title, skip: missing ?? false } as const
    if (missing !== undefined) {
      return { ...scenario, title: `${definition.title} (not tested: ${missing})`, run: async () => {} }
    }
    return { ...scenario, run: async () => play(definition, checkServer(await start()), create, limitMs) }
  })
}

function checkServer<Server extends PeerServer>(server: Server): Server {
  if (Array.isArray(server?.peers) && typeof server.close === 'function') return server
  throw new LivegateError('invalid-options', 'listen', listens, server)
}

async function play<Server extends PeerServer>(
  { id, play: act }: ScenarioDefinition,
  server: Server,
  create: (opening: Opening<Server>) => unknown,
  limitMs: number,
): Promise<void> {
  const stage = new Stage({ id, server, create: (given) => create({ ...given, server }), limitMs })
  try {
    await act(stage)
  } finally {
    await stage.stop()
  }
}

/** Imports the emulator only when it is needed: with a server of its own, the kit runs without Node's modules. */
async function startEmulatorServer(): Promise<EmulatorServer> {
  const { listenWithEmulator } = await import('./emulator-server.ts')
  return listenWithEmulator()
}
