import type {
  LiveClientContextUpdate,
  LiveConnectParameters,
  LiveSendClientContentParameters,
  LiveSendRealtimeInputParameters,
  LiveSendToolResponseParameters,
  Session,
} from '@google/genai'
import { LivegateError } from '@livegate/core'
import type { Clock, Connection, LiveSession, Transport } from '@livegate/core/session'
import { cleanTexts } from './clean-texts.ts'
import { credentialsOf } from './credentials.ts'
import { wrapCallbacks } from './guarded-callbacks.ts'
import { guardedLive, markGuarded, type SocketListeners } from './guarded-live.ts'
import { type SdkLive, type SdkSocket, unsupported } from './sdk-seams.ts'

/** The members that are needed of the SDK's session. The class of any copy of the SDK has them, but 2.16 no `sendContextUpdate`. */
export type SdkSession = Pick<
  Session,
  'sendRealtimeInput' | 'sendClientContent' | 'sendToolResponse' | 'close'
> &
  Pick<Partial<Session>, 'sendContextUpdate' & keyof Session> & {
    readonly conn?: unknown
    /** What the server accepted the setup with, in sessions of 2.11 and later. */
    readonly setupComplete?: unknown
  }

/** The members that are needed of a `GoogleGenAI` client. */
export interface SdkClient<Bare extends SdkSession> {
  readonly live: { connect(params: LiveConnectParameters): Promise<Bare> }
  readonly vertexai?: boolean
}

/** The listeners for failures that end nothing. */
export interface FailureListeners extends Pick<SocketListeners, 'onMalformed' | 'onUnsupported'> {
  readonly onCallbackFailed: (error: unknown) => void
  /** A wrapper around `connect` has called it on another object than the guarded view, so that nothing is known of the socket. */
  readonly onBypassed: (error: LivegateError) => void
}

/** How long TCP may stay open once the server is seen to have closed, in milliseconds. */
const closingMs = 1000

/** The state of a connection. */
interface Link {
  readonly clock: Clock
  socket?: SdkSocket
  bare?: SdkSession
  /** Whether either end has ended it. */
  isOver: boolean
  /** Cancels the timer that limits closing. */
  cancelTimer?: () => void
}

/**
 * Opens a connection through the SDK, and reports to the session what happens to it. If the connection is closed while it opens, its
 * socket is closed at once, or as soon as there is one: the SDK itself may wait for it forever.
 *
 * @throws {LivegateError} `closed`, if it is closed before it is open.
 * @throws what the SDK throws, if it cannot connect.
 */
export async function openConnection<Bare extends SdkSession>(
  session: Pick<LiveSession, 'connect'>,
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  clock: Clock,
  { onMalformed, onCallbackFailed, onBypassed, ...listeners }: FailureListeners,
): Promise<Bare> {
  const link: Link = { clock, isOver: false }
  const connection = session.connect(transportOver(link))
  let answer = (): void => {}
  /** Resolves when the server accepts the setup, or closes. */
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const tracked = track(connection, link, answer)
  const onSocket = (socket: SdkSocket): void => {
    link.socket = socket
    if (link.isOver) socket.close()
  }
  let isUnsupported = false
  const onUnsupported: typeof listeners.onUnsupported = (error) => {
    isUnsupported = true
    listeners.onUnsupported(error)
  }
  const { clean, learn } = credentialsOf((ai.live as Partial<SdkLive>).apiClient)
  const live = guardedLive(ai.live, { onMalformed, onAddress: learn, onSocket, onUnsupported })
  const callbacks = markGuarded(wrapCallbacks(params.callbacks, tracked, onCallbackFailed, clean))
  let bare: Bare
  try {
    bare = await live.connect({ ...params, callbacks })
  } catch (error) {
    cleanTexts(error, clean)
    throw error
  }
  // Before 2.11 the SDK itself does not wait for that. An SDK that is built differently may not tell.
  if (!bare.setupComplete && link.socket && !isUnsupported) await answered
  if (link.isOver) {
    bare.close()
    throw new LivegateError('closed', 'connection', 'open until it is set up', 'closed')
  }
  link.bare = bare
  if (!link.socket && !isUnsupported)
    onBypassed(unsupported('live.webSocketFactory.create', 'called by connect', 'no call'))
  connection.receive({ setupComplete: {} })
  return bare
}

/** Notes what is reported of a connection before the session is told. */
function track(connection: Connection, link: Link, onAnswer: () => void): Connection {
  return {
    ...connection,
    receive: ({ setupComplete, ...message }) => {
      // That counts only once `connect` has resolved, too: before that there is nothing to send with.
      if (setupComplete) onAnswer()
      connection.receive(message)
    },
    closed: (close) => {
      link.isOver = true
      link.cancelTimer?.()
      onAnswer()
      connection.closed(close)
    },
  }
}

/** Whether the socket has begun to close, which only its `readyState` shows (1 is open, in browsers as in `ws`). */
const isClosing = ({ socket }: Link): boolean => (socket?.ws?.readyState ?? 1) > 1

/** Throws what is wrong with a connection that cannot send: the SDK would drop the message silently. */
function refuse(link: Link, type: string): never {
  const { clock, bare, isOver, socket } = link
  const state = isOver ? 'closed' : bare ? 'closing' : 'connecting'
  // The server has closed, but may leave TCP open; `ws` would wait 30 s for its end.
  if (state === 'closing') link.cancelTimer ??= clock.setTimer(closingMs, () => socket?.ws?.terminate?.())
  throw new LivegateError('closed', 'connection', `open to send ${type}`, state)
}

/** Without Vertex AI, the SDK refuses a response that has no field `id`, as one to a call without an id. JSON leaves it out. */
function withIds({ functionResponses }: { readonly functionResponses: readonly object[] }) {
  const withId = functionResponses.map((response) => ({ id: undefined, ...response }))
  return { functionResponses: withId } as unknown as LiveSendToolResponseParameters
}

function transportOver(link: Link): Transport {
  return {
    send(type, body) {
      const { bare, isOver } = link
      if (!bare || isOver || isClosing(link)) return refuse(link, type)
      // The bodies are the SDK's own parameters.
      switch (type) {
        case 'realtimeInput':
          return bare.sendRealtimeInput(body as LiveSendRealtimeInputParameters)
        case 'toolResponse':
          return bare.sendToolResponse(withIds(body as Parameters<typeof withIds>[0]))
        case 'clientContent':
          return bare.sendClientContent(body as LiveSendClientContentParameters)
        case 'contextUpdate':
          return bare.sendContextUpdate?.(body as LiveClientContextUpdate)
      }
    },
    close() {
      const { socket = link.bare } = link
      socket?.close()
      link.isOver = true
    },
    get bufferedAmount() {
      return link.socket?.ws?.bufferedAmount ?? 0
    },
  }
}
