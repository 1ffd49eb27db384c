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

/** What there is to open a connection with. */
export interface Opening<Server> {
  /** What a `LiveSession` is to a transport: `connect` takes the transport, and returns the connection to tell what happens. */
  readonly session: Pick<LiveSession, 'connect'>
  /** What to connect to: what `listen` gave, or an emulator with its `url`. */
  readonly server: Server
  /** Aborted when the connection is no longer wanted; for transports that take one. */
  readonly signal: AbortSignal
}

export interface TransportTestOptions<Server extends PeerServer = EmulatorServer> {
  /**
   * Opens a connection: makes a transport, gives it to `session.connect`, and tells the connection what happens. It may return a
   * promise that resolves when the connection is open; where it rejects, or throws, the connection could not be opened.
   */
  readonly create: (opening: Opening<Server>) => unknown
  /** Starts what `create` connects to, once for each scenario. Default: an emulated Live server, over WebSocket. */
  readonly listen?: () => Server | Promise<Server>
  /** What the transport can't do, and why. Default: it can do everything. */
  readonly features?: Features
  /**
   * How long a scenario waits for what should come, in milliseconds. Default 4000: so that it fails with its own words before a test
   * runner runs out of patience, which for vitest is after 5000.
   */
  readonly limitMs?: number
}

/** Something that a transport must do, to be run by a test runner or by hand. */
export interface Scenario {
  /** Stable, in kebab case. */
  readonly id: string
  /** What the transport does, with the reason why it is not tested where it is not. */
  readonly title: string
  /** Why it is not tested; `false` where it is. */
  readonly skip: string | false
  /**
   * Plays it, on a server of its own. Where it is not tested, it does nothing.
   *
   * @throws {ConformanceError} when the transport fails it: what was expected, what came, and what to do.
   */
  readonly run: () => Promise<void>
}

const definitions: readonly ScenarioDefinition[] = [...opening, ...order, ...closing, ...load]

/**
 * The scenarios that every transport of Livegate must pass, for the transport that `create` opens. They need no test runner.
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
}: TransportTestOptions<Server>): Scenario[] {
  if (typeof create !== 'function') {
    throw new LivegateError('invalid-options', 'create', 'a function that opens a connection', create)
  }
  if (!(limitMs > 0)) throw new LivegateError('invalid-options', 'limitMs', 'above 0', limitMs)
  checkFeatures(features)
  // Without `listen` the type of the server is its default.
  const start = listen ?? (startEmulatorServer as () => Promise<PeerServer> as () => Promise<Server>)
  return definitions.map((definition) => {
    const missing = definition.feature && features[definition.feature]?.missing
    const scenario = { id: definition.id, title: definition.title, skip: missing ?? false } as const
    if (missing !== undefined) {
      return { ...scenario, title: `${definition.title} (not tested: ${missing})`, run: async () => {} }
    }
    return { ...scenario, run: async () => play(definition, await start(), create, limitMs) }
  })
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

/** Only now: a page or a worker that brings its own server need not have Node's modules. */
async function startEmulatorServer(): Promise<EmulatorServer> {
  const { listenWithEmulator } = await import('./emulator-server.ts')
  return listenWithEmulator()
}
