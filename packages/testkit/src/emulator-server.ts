import { type EmulatedSession, type Emulator, startEmulator } from '@livegate/emulator'
import type { CloseFrame, Peer, PeerServer } from './peer.ts'

/** An emulated Live server, for transports that speak to the real one: over WebSocket, in JSON. */
export interface EmulatorServer extends PeerServer {
  /** `http://127.0.0.1:…`: what the SDK takes for a base URL; with `ws:` and the path of the API, what a WebSocket takes. */
  readonly url: string
}

/** Starts one on a free port of this machine. It answers setups, and says nothing by itself. */
export async function listenWithEmulator(): Promise<EmulatorServer> {
  const emulator = await startEmulator({ script: [{ silent: true }] })
  return new EmulatedServer(emulator)
}

class EmulatedServer implements EmulatorServer {
  readonly #emulator: Emulator
  readonly #peers: Map<EmulatedSession, Peer> = new Map()

  constructor(emulator: Emulator) {
    this.#emulator = emulator
  }

  get url(): string {
    return this.#emulator.url
  }

  get peers(): readonly Peer[] {
    return this.#emulator.sessions.map((session) => {
      const peer = this.#peers.get(session) ?? new EmulatedPeer(session)
      this.#peers.set(session, peer)
      return peer
    })
  }

  close(): Promise<void> {
    return this.#emulator.close()
  }
}

/** Longer than any test, and not too long for a timer. */
const longMs = 3_600_000

class EmulatedPeer implements Required<Peer> {
  readonly #session: EmulatedSession

  constructor(session: EmulatedSession) {
    this.#session = session
  }

  get received(): readonly object[] {
    const samples = this.#session.receivedAudio()
    let place = 0
    return this.#session.log.flatMap((entry) => {
      if (entry.kind !== 'received') return []
      const from = place
      if (entry.message.type === 'realtimeInput') place += entry.message.audioSamples
      return wireOf(entry.message, samples.subarray(from, place))
    })
  }

  get isClosed(): boolean {
    return this.#session.closed !== undefined
  }

  send(message: object): void {
    // The emulator has answered the setup itself.
    if (!('setupComplete' in message)) this.#session.sendText(JSON.stringify(message))
  }

  sendMalformed(): void {
    this.#session.sendText('{"not JSON')
  }

  close(frame?: CloseFrame): void {
    if (frame) this.#session.close(frame.code, frame.reason)
    else this.#session.drop()
  }

  pause(): void {
    this.#session.inject({ fault: 'stop-reading', forMs: longMs })
  }

  resume(): void {
    this.#session.inject({ fault: 'stop-reading', forMs: 0 })
  }
}

type ReceivedMessage = Extract<EmulatedSession['log'][number], { kind: 'received' }>['message']

/** A message as the wire had it, from the log's entry and the samples, which the log counts. */
function wireOf(message: ReceivedMessage, samples: Int16Array): object {
  switch (message.type) {
    case 'setup':
      return { setup: message.setup }
    case 'realtimeInput': {
      const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
      // What else there is of pictures and signals the log does not tell.
      const inputs = message.inputs.map((kind) => {
        if (kind === 'text') return [kind, message.text]
        return [kind, kind === 'audio' ? { data: bytes.toString('base64') } : {}]
      })
      return { realtimeInput: Object.fromEntries(inputs) }
    }
    case 'clientContent': {
      const { text, turnComplete } = message
      return { clientContent: { turns: [{ parts: [{ text }] }], turnComplete } }
    }
    case 'toolResponse':
      return { toolResponse: { functionResponses: message.responses } }
    case 'contextUpdate':
      return { contextUpdate: {} }
    default:
      return message satisfies never
  }
}
