import { type EmulatedSession, startEmulator } from '@livegate/emulator'
import type { CloseFrame, Peer, PeerOfReasons, PeerServer } from './peer.ts'
import { realClock } from './real-clock.ts'

/** An emulated Live server, for transports that speak the Live API's protocol: JSON over WebSocket. */
export interface EmulatorServer extends PeerServer {
  /** `http://127.0.0.1:…`. The SDK takes it as a base URL; a WebSocket takes it with `ws:` and the path of the API. */
  readonly url: string
}

/** Starts an emulated server on a free port of this machine. It answers setups and sends nothing else by itself. */
export async function listenWithEmulator(): Promise<EmulatorServer> {
  const peers: WeakMap<EmulatedSession, EmulatedPeer> = new WeakMap()
  const peerOf = (session: EmulatedSession): EmulatedPeer => {
    const peer = peers.get(session) ?? new EmulatedPeer(session)
    peers.set(session, peer)
    return peer
  }
  const emulator = await startEmulator({
    script: [{ silent: true }],
    // Fake timers would not let it read again after a pause.
    clock: realClock,
    // From the frame, because the log holds neither samples nor pictures.
    onEntry(_, session, frame) {
      if (frame !== undefined) peerOf(session).received.push(JSON.parse(frame))
    },
  })
  return {
    url: emulator.url,
    get peers() {
      return emulator.sessions.map(peerOf)
    },
    close: () => emulator.close(),
  }
}

/** Longer than any test, but short enough for a timer. */
const longMs = 3_600_000

class EmulatedPeer implements Required<Peer>, PeerOfReasons {
  readonly received: object[] = []
  readonly #session: EmulatedSession

  constructor(session: EmulatedSession) {
    this.#session = session
  }

  get isClosed(): boolean {
    return this.#session.closed !== undefined
  }

  get closeReason(): string {
    const { closed } = this.#session
    return closed?.by === 'client' ? closed.reason : ''
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
