// For programs that compile against this without `esnext.disposable` in their `lib`: the returned function is disposable.
/// <reference lib="esnext.disposable" preserve="true" />
import type { LiveConnectParameters } from '@google/genai'
import { LiveSession } from '@livegate/core/session'
import { attempt } from './attempt.ts'
import { checkOptions, refuseAnswering } from './check-arguments.ts'
import { type ConnectLiveEvent, connectSession, type SessionOptions } from './connect-session.ts'
import { isGuarded } from './guarded-live.ts'
import { lostCallKey } from './lost-call.ts'
import type { SdkSession } from './open-connection.ts'
import { platformClock } from './platform-clock.ts'
import {
  type Connect,
  checkSeams,
  connectOf,
  connectorOf,
  type GateTarget,
  ownConnectOf,
  refuse,
  type SdkLive,
} from './sdk-seams.ts'

/** A session that the framework holds, as `onEvent` sees it. The same session is always the same object. */
export interface ObservedSession extends Pick<LiveSession, 'snapshot'> {
  /** Counts the sessions that began under this gate, from 1. */
  readonly number: number
  /** The model as it was requested. */
  readonly model: string
}

/** The options of each session. There are no `tools`: whoever holds the session answers its calls. */
export interface GateLiveOptions extends Omit<SessionOptions, 'tools' | 'responses'> {
  /**
   * Called with everything that happens in every session, from its first moment. Whatever it throws is printed with `console.error`.
   * Without it, ignored frames and failed callbacks are printed.
   */
  readonly onEvent?: ((event: ConnectLiveEvent, session: ObservedSession) => void) | undefined
}

/** Removes the gate. Open sessions stay gated. Calling it again does nothing. */
export interface Ungate extends Disposable {
  (): void
}

/** A replaced `connect`. */
interface Installation {
  /** One for each `gateLive`, oldest first. The last one is in force. */
  readonly gates: Connect[]
  /** Puts the original back, unless somebody else has replaced the replacement. */
  readonly restore: () => void
}

/** How many lost calls are remembered: as many as can be pending in a session. */
const mostLost = 1000

/** By the replacement. Not by its owner, which some proxies wrap anew whenever it is asked for. */
const installations: WeakMap<Connect, Installation> = new WeakMap()

/**
 * Gates the sessions of a client, or of all clients of a copy of the SDK, for programs in which a framework connects. From now on
 * `live.connect` returns sessions that are gated like those of `connectLive`. Their calls are answered by hand.
 *
 * A target has one gate. If it is gated again, the latest options apply until that gate is removed. The options for a client take
 * precedence over those for its class, and those of `connectLive` over both.
 *
 * @param target a `GoogleGenAI` client, or the class `Live` that the SDK exports: the one whose copy the framework uses.
 * @returns a function that removes the gate; `using ungate = gateLive(…)` does so at the end of a block.
 * @throws {LivegateError} `invalid-options`, naming the field; `unsupported-sdk`, when the SDK is not built like the tested
 * versions. What can be checked only while connecting makes `connect` reject.
 */
export function gateLive(target: GateTarget, options: GateLiveOptions = {}): Ungate {
  const connector = connectorOf(target)
  checkOptions(options)
  refuseAnswering(options)
  const { onEvent: _, ...ofSession } = options
  // Checks the options now, because sessions are made later.
  new LiveSession({ ...ofSession, clock: platformClock, setup: { model: '' } })

  const own = ownConnectOf(connector)
  // If somebody has replaced the replacement, it may no longer be called.
  const { gates, restore } = (own && installations.get(own)) ?? install(connector)
  const connect = gatedConnect(options)
  gates.push(connect)
  const ungate = (): void => {
    const place = gates.indexOf(connect)
    if (place >= 0) gates.splice(place, 1)
    if (gates.length === 0) restore()
  }
  return Object.assign(ungate, { [Symbol.dispose]: ungate })
}

/** Replaces `connect` by one that connects through the latest gate, or as before if there is none. */
function install(connector: SdkLive): Installation {
  const bare = connectOf(connector)
  const own = Object.getOwnPropertyDescriptor(connector, 'connect')
  const gates: Connect[] = []
  const gated: Connect = async function (params) {
    const connect = gates.at(-1)
    // A gated session is connecting, through an outer gate or `connectLive`.
    if (!connect || isGuarded(this) || isGuarded(params?.callbacks)) return bare.call(this, params)
    // With `bare` as its `connect`, so that a wrapper around this replacement is not called twice.
    return connect.call(Object.create(this, { connect: { value: bare } }), params)
  }
  const restore = (): void => {
    if (ownConnectOf(connector) !== gated) return
    if (own) Object.defineProperty(connector, 'connect', own)
    else Reflect.deleteProperty(connector, 'connect')
  }
  const enumerable = own?.enumerable ?? false
  Object.defineProperty(connector, 'connect', {
    value: gated,
    enumerable,
    configurable: true,
    writable: true,
  })
  const installation = { gates, restore }
  installations.set(gated, installation)
  return installation
}

function gatedConnect({ onEvent, ...options }: GateLiveOptions): Connect {
  let sessions = 0
  const lost = new Set<string>()
  return async function (params) {
    checkSeams(this, 'live')
    const ai = {
      live: this as SdkLive & { connect(params: LiveConnectParameters): Promise<SdkSession> },
      vertexai: this.apiClient.isVertexAI(),
    }
    let observed: ObservedSession
    const emit = (event: ConnectLiveEvent): void => onEvent?.(event, observed)
    return connectSession(ai, params, options, {
      lost,
      onSession: (session) => {
        // A framework goes on over several connections, and may answer the calls of one on the next.
        session.on('call-settled', ({ call, as }) => {
          if (as !== 'lost') return
          lost.add(lostCallKey(call.wireId, call.name))
          for (const key of [...lost].slice(0, -mostLost)) lost.delete(key)
        })
        observed = { number: ++sessions, model: params.model, snapshot: () => session.snapshot() }
        session.onEvent(emit)
      },
      onFailure: (event, error) => {
        // biome-ignore lint/suspicious/noConsole: the last resort if nobody listens
        if (!onEvent) return console.error(error)
        attempt(() => emit(event))
      },
      onUnsupported: refuse,
      onBypassed: (error) => attempt(() => emit({ type: 'unsupported-sdk', error })),
    })
  }
}
