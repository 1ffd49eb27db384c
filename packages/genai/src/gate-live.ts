// For whoever compiles against this: what is returned is disposable, and not every program has the library that says what that is.
/// <reference lib="esnext.disposable" preserve="true" />
import type { LiveConnectParameters } from '@google/genai'
import { LiveSession } from '@livegate/core/session'
import { attempt } from './attempt.ts'
import { checkOptions } from './check-arguments.ts'
import { type ConnectLiveEvent, connectSession, type SessionOptions } from './connect-session.ts'
import { isGuarded } from './guarded-live.ts'
import type { SdkSession } from './open-connection.ts'
import { platformClock } from './platform-clock.ts'
import { checkSeams, connectorOf, type GateTarget, refuse, type SdkLive } from './sdk-seams.ts'

/** A session that somebody else holds: which one it is, and what there is to know about it. One session is always the same object. */
export interface ObservedSession extends Pick<LiveSession, 'snapshot'> {
  /** 1 for the first that began under this gate, and so on. */
  readonly number: number
  /** As it was requested. */
  readonly model: string
}

/** The options of each session. Its calls are answered by whoever holds it, so there are no tools. */
export interface GateLiveOptions extends Omit<SessionOptions, 'tools' | 'responses'> {
  /**
   * Called with everything that happens in every session, from its first moment. Whatever it throws is ignored. Without it, frames that
   * are passed over and callbacks that fail are reported to the console.
   */
  readonly onEvent?: (event: ConnectLiveEvent, session: ObservedSession) => void
}

/** Removes the gate; sessions that are open stay as they are. Calling it again does nothing. */
export interface Ungate extends Disposable {
  (): void
}

type Connect = (this: SdkLive, params: LiveConnectParameters) => Promise<object>

/** A `connect` that was replaced. */
interface Installation {
  /** What it was replaced by. */
  readonly gated: Connect
  /** The latest last: that one's options are in force. */
  readonly gates: Connect[]
  /** Puts back what was there, unless somebody else has put something over it since. */
  readonly restore: () => void
}

const installations: WeakMap<SdkLive, Installation> = new WeakMap()

/**
 * Gates the sessions of a client, or of all clients of a copy of the SDK, for programs that do not connect themselves: from here on
 * `live.connect` returns sessions that are gated like those of `connectLive`. Their calls are answered by hand.
 *
 * A target has one gate. If it is gated again, the latest options apply until that gate is removed. The options for a client take
 * precedence over those for its class, and those of `connectLive` over both.
 *
 * @param target a `GoogleGenAI` client, or the class `Live` that the SDK exports: the one whose copy the framework uses.
 * @returns a function that removes the gate; `using ungate = gateLive(…)` does so at the end of a block.
 * @throws {LivegateError} `invalid-options`, naming the field; `unsupported-sdk`, when the SDK is not built like the tested
 * versions. Some of that is known only when it connects: `connect` rejects then.
 */
export function gateLive(target: GateTarget, options: GateLiveOptions = {}): Ungate {
  const connector = connectorOf(target)
  checkOptions(options, 'tools', 'responses')
  const { onEvent: _, ...ofSession } = options
  // For its checks: sessions come later, in somebody else's hands.
  new LiveSession({ ...ofSession, clock: platformClock, setup: { model: '' } })

  const known = installations.get(connector)
  // Where somebody has put something in its place, it may not be called any more.
  const { gates, restore } = known?.gated === connector.connect ? known : install(connector)
  const connect = gatedConnect(options)
  gates.push(connect)
  const ungate = (): void => {
    const place = gates.indexOf(connect)
    if (place >= 0) gates.splice(place, 1)
    if (gates.length === 0) restore()
  }
  return Object.assign(ungate, { [Symbol.dispose]: ungate })
}

/** Replaces `connect` by one that connects as the latest gate does, and as it did before where there is none. */
function install(connector: SdkLive): Installation {
  const bare = connector.connect as Connect
  const own = Object.getOwnPropertyDescriptor(connector, 'connect')
  const gates: Connect[] = []
  const gated: Connect = async function (params) {
    const connect = gates.at(-1)
    // What connects with the parts of a gated session is gated already.
    if (!connect || isGuarded(this) || isGuarded(params?.callbacks)) return bare.call(this, params)
    // What somebody else has put over this has had its turn.
    return connect.call(Object.create(this, { connect: { value: bare } }), params)
  }
  const restore = (): void => {
    if (connector.connect !== gated) return
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
  const installation = { gated, gates, restore }
  installations.set(connector, installation)
  return installation
}

function gatedConnect({ onEvent, ...options }: GateLiveOptions): Connect {
  let sessions = 0
  return async function (params) {
    checkSeams(this, 'live')
    const ai = {
      live: this as SdkLive & { connect(params: LiveConnectParameters): Promise<SdkSession> },
      vertexai: this.apiClient.isVertexAI(),
    }
    let observed: ObservedSession
    const tell = (event: ConnectLiveEvent): void => onEvent?.(event, observed)
    return connectSession(ai, params, options, {
      onSession: (session) => {
        observed = { number: ++sessions, model: params.model, snapshot: () => session.snapshot() }
        session.onEvent(tell)
      },
      onFailure: (event, error) => {
        // biome-ignore lint/suspicious/noConsole: the last resort, where nobody listens
        if (!onEvent) return console.error(error)
        attempt(() => tell(event))
      },
      onUnsupported: refuse,
    })
  }
}
