import type {
  ClientMessages,
  Close,
  Connection,
  LiveSession,
  ServerMessage,
  Transport,
} from '@livegate/core/session'
import { serverLabel } from './messages.ts'

/** One thing that was told of a connection. */
export type Fact =
  | { readonly type: 'opened' }
  | { readonly type: 'message'; readonly message: ServerMessage }
  | { readonly type: 'closed'; readonly close: Close | undefined }

/** Any model and tool: no server of the kit looks at them. The client marks its turns, so that a server takes the signals for it. */
export const setup: ClientMessages['setup'] = {
  model: 'models/gemini-2.5-flash-native-audio',
  realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
  tools: [{ functionDeclarations: [{ name: 'take_note' }] }],
}

/** Stands where a session does: is given a transport, sends the setup as a session would, and writes down what it is told. */
export class RecordedSession implements Pick<LiveSession, 'connect'> {
  readonly facts: Fact[] = []
  /** The labels of the calls and cancellations that were told, and of the end. */
  readonly told: string[] = []
  transport: Transport | undefined
  /** What `send` threw when the connection was said to be open. */
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
      receive: (message) => {
        this.facts.push({ type: 'message', message })
        this.told.push(...serverLabel(message))
      },
      closed: (close) => {
        this.facts.push({ type: 'closed', close })
        this.told.push('the end')
      },
    }
  }

  /** Sends the setup before it is time. @throws what the transport throws. */
  setUpEarly(): void {
    this.transport?.send('setup', setup)
    this.#wasSetUpEarly = true
  }

  count(type: Fact['type']): number {
    return this.facts.filter((fact) => fact.type === type).length
  }

  get isSetUp(): boolean {
    return this.facts.some((fact) => fact.type === 'message' && fact.message.setupComplete !== undefined)
  }

  /** What was said of the end. */
  get end(): Close | undefined {
    return this.facts.find((fact) => fact.type === 'closed')?.close
  }
}
