import type {
  ClientMessages,
  Close,
  Connection,
  LiveSession,
  ServerMessage,
  Transport,
} from '@livegate/core/session'
import { serverLabel } from './messages.ts'

/** An event that the transport reported. */
export type Fact =
  | { readonly type: 'opened' }
  | { readonly type: 'message'; readonly message: ServerMessage }
  | { readonly type: 'closed'; readonly close: Close | undefined }

/** The model and the tool do not matter to the kit's servers. The client marks its turns, so that a server accepts the signals. */
export const setup: ClientMessages['setup'] = {
  model: 'models/gemini-2.5-flash-native-audio',
  realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
  tools: [{ functionDeclarations: [{ name: 'take_note' }] }],
}

/** Stands in for a session: takes a transport, sends the setup as a session would, and records what the transport reports. */
export class RecordedSession implements Pick<LiveSession, 'connect'> {
  readonly facts: Fact[] = []
  /** The labels of the calls and cancellations that were reported, and of the end. */
  readonly reported: string[] = []
  transport: Transport | undefined
  /** Called from within `receive` with each message; must not throw. */
  whenTold: () => void = () => {}
  /** What `send` threw when the transport reported that it was open. */
  setupError: unknown
  #wasSetUpEarly = false

  connect(transport: Transport): Connection {
    this.transport = transport
    return {
      epoch: 1,
      opened: () => {
        this.facts.push({ type: 'opened' })
        if (this.#wasSetUpEarly) return
        try {
          transport.send('setup', setup)
        } catch (error) {
          this.setupError = error
        }
      },
      receive: (message: ServerMessage | null | undefined) => {
        if (message === null || message === undefined) {
          this.reported.push(`${message}, which is no message,`)
          return
        }
        this.facts.push({ type: 'message', message })
        this.reported.push(...serverLabel(message))
        this.whenTold()
      },
      closed: (close) => {
        this.facts.push({ type: 'closed', close })
        this.reported.push('the end')
      },
    }
  }

  /** Sends the setup before the connection is open. @returns what the transport returns. @throws what it throws. */
  setUpEarly(): unknown {
    const returned: unknown = this.transport?.send('setup', setup)
    this.#wasSetUpEarly = true
    return returned
  }

  count(type: Fact['type']): number {
    return this.facts.filter((fact) => fact.type === type).length
  }

  get isSetUp(): boolean {
    return this.facts.some((fact) => fact.type === 'message' && fact.message.setupComplete !== undefined)
  }

  /** The reported code and reason of the end. */
  get end(): Close | undefined {
    return this.facts.find((fact) => fact.type === 'closed')?.close
  }
}
