import type {
  LiveCallbacks,
  LiveClientContextUpdate,
  LiveConnectParameters,
  LiveSendClientContentParameters,
  LiveSendRealtimeInputParameters,
  LiveSendToolResponseParameters,
  Session,
} from '@google/genai'
import { LivegateError } from '@livegate/core'
import type { Connection, LiveSession, Transport } from '@livegate/core/session'
import { guardFrames } from './frame-guard.ts'

/** What is needed of the SDK's session; its own class is one, and so is that of another copy of the SDK. */
export type SdkSession = Pick<
  Session,
  'sendRealtimeInput' | 'sendClientContent' | 'sendToolResponse' | 'close'
> & { sendContextUpdate?: Session['sendContextUpdate']; readonly conn?: unknown }

/** What is needed of a `GoogleGenAI` client. */
export interface SdkClient<Bare extends SdkSession> {
  readonly live: { connect(params: LiveConnectParameters): Promise<Bare> }
  readonly vertexai?: boolean
}

/** Who is told of what is passed over. */
export interface FailureListeners {
  readonly onMalformed: (problem: string) => void
  readonly onCallbackFailed: (error: unknown) => void
}

/** What there is of a connection: the SDK's session once it is there, and whether it has ended, from whichever end. */
interface Link {
  bare?: SdkSession
  isOver: boolean
}

/**
 * Opens a connection through the SDK for a session, and tells it what happens. Where it is closed while it opens, it is closed as
 * soon as the SDK has it.
 *
 * @throws {LivegateError} `closed`, when it is closed before it is open.
 * @throws what the SDK throws, when it cannot connect.
 */
export async function openConnection<Bare extends SdkSession>(
  session: Pick<LiveSession, 'connect'>,
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  { onMalformed, onCallbackFailed }: FailureListeners,
): Promise<Bare> {
  const link: Link = { isOver: false }
  const connection = session.connect(transportOver(link))
  const told: Connection = {
    ...connection,
    receive: (message) => {
      if (!link.isOver) connection.receive(message)
    },
    closed: (close) => {
      link.isOver = true
      connection.closed(close)
    },
  }
  const bare = await guardFrames(ai.live, onMalformed).connect({
    ...params,
    callbacks: wrapCallbacks(params.callbacks, told, onCallbackFailed),
  })
  if (link.isOver) {
    bare.close()
    throw new LivegateError('closed', 'connection', 'open until it is set up', 'closed')
  }
  link.bare = bare
  connection.receive({ setupComplete: {} })
  return bare
}

function transportOver(link: Link): Transport {
  return {
    send(type, body) {
      const { bare, isOver } = link
      // The SDK sends nothing then, and says nothing.
      if (!bare || isOver) {
        throw new LivegateError(
          'closed',
          'connection',
          `open to send ${type}`,
          isOver ? 'closed' : 'connecting',
        )
      }
      // The method of each message; the bodies are the SDK's own parameters.
      switch (type) {
        case 'realtimeInput':
          return bare.sendRealtimeInput(body as LiveSendRealtimeInputParameters)
        case 'toolResponse':
          return bare.sendToolResponse(body as unknown as LiveSendToolResponseParameters)
        case 'clientContent':
          return bare.sendClientContent(body as LiveSendClientContentParameters)
        case 'contextUpdate':
          return bare.sendContextUpdate?.(body as LiveClientContextUpdate)
      }
    },
    close() {
      if (!link.isOver) link.bare?.close()
      link.isOver = true
    },
    get bufferedAmount() {
      // The platform's socket is a part of both builds' connections, and of neither's types.
      const { ws } = (link.bare?.conn ?? {}) as { readonly ws?: { readonly bufferedAmount?: number } }
      return ws?.bufferedAmount ?? 0
    },
  }
}

/** The caller's callbacks, looked up when they are needed, as the SDK does, and told after the session (G1). */
function wrapCallbacks(
  callbacks: LiveCallbacks,
  connection: Connection,
  onFailure: (error: unknown) => void,
): LiveCallbacks {
  const guarded = (run: () => unknown): void => {
    try {
      const result = run()
      // An async callback fails later, and as silently deadly.
      if (result instanceof Promise) result.catch(onFailure)
    } catch (error) {
      onFailure(error)
    }
  }
  return {
    onopen: () => guarded(() => callbacks.onopen?.()),
    onmessage: (message) => {
      // Until `connect` resolves, there is nothing to send with; so it is that which says when the setup is complete.
      const { setupComplete: _, ...rest } = message
      connection.receive(rest)
      guarded(() => callbacks.onmessage(message))
    },
    onerror: (event) => guarded(() => callbacks.onerror?.(event)),
    onclose: (event) => {
      connection.closed(event)
      guarded(() => callbacks.onclose?.(event))
    },
  }
}
