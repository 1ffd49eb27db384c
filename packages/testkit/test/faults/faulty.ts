import type { Connection, Transport } from '@livegate/core/session'
import { type LinkedPeer, LinkedServer, type Opening } from '../../src/index.ts'

/** Opens a transport that has one fault. */
export type Create = (opening: Opening<LinkedServer>) => unknown

interface Spoilt {
  /** Overrides members of the linked transport. */
  readonly transport?: (inner: Transport, state: State) => Partial<Transport>
  /** Overrides what is reported to the connection. */
  readonly connection?: (inner: Connection, state: State) => Partial<Connection>
}

interface State {
  isOpen: boolean
  isEnded: boolean
}

/** The linked transport with a fault. */
export function faulty({ transport: spoil, connection: misreport }: Spoilt): Create {
  return ({ session, server, signal }) => {
    const state: State = { isOpen: false, isEnded: false }
    const connect = (inner: Transport): Connection => {
      const sound: Transport = {
        send: (type, body) => inner.send(type, body),
        close: () => inner.close(),
        get bufferedAmount() {
          return inner.bufferedAmount ?? 0
        },
      }
      const outer = session.connect(spoil ? override(sound, spoil(inner, state)) : sound)
      const told: Connection = {
        epoch: outer.epoch,
        opened: () => outer.opened(),
        receive: (message) => outer.receive(message),
        closed: (close) => outer.closed(close),
      }
      const teller = misreport ? override(told, misreport(outer, state)) : told
      return {
        ...teller,
        opened: () => {
          state.isOpen = true
          teller.opened()
        },
        closed: (close) => {
          state.isEnded = true
          teller.closed(close)
        },
      }
    }
    return server.connect({ connect }, { signal })
  }
}

function override<Whole extends object>(whole: Whole, part: Partial<Whole>): Whole {
  return Object.defineProperties(whole, Object.getOwnPropertyDescriptors(part)) as Whole
}

export const quietly = (run: () => void): void => {
  try {
    run()
  } catch {
    // The fault is that nobody learns of it.
  }
}

export const sizeOf = (value: object): number => JSON.stringify(value).length

/** Reads large messages in a later step, as a `Blob` is read, and does not let what comes behind them wait. */
export const slowToReadWhatIsLarge: Create = faulty({
  connection: (inner) => ({
    receive: (message) => {
      if (sizeOf(message) > 10_000) queueMicrotask(() => inner.receive(message))
      else inner.receive(message)
    },
  }),
})

/** A copy in which `rewrite` has replaced every field of that name. The name `''` stands for the whole. */
export const rewritten = <Whole extends object>(
  whole: Whole,
  field: string,
  rewrite: (value: Record<string, unknown>) => unknown,
): Whole => JSON.parse(JSON.stringify(whole, (key, value) => (key === field ? rewrite(value) : value)))

/** A server that cuts the connection on a malformed frame, like a client that does not catch its parser's errors. */
export class FragileServer extends LinkedServer {
  override async connect(...given: Parameters<LinkedServer['connect']>): Promise<LinkedPeer> {
    const peer = await super.connect(...given)
    peer.sendMalformed = () => peer.close()
    return peer
  }
}

/** A server whose malformed frames reach the session as `null`. */
export class NullServer extends LinkedServer {
  override async connect(
    session: Parameters<LinkedServer['connect']>[0],
    options?: Parameters<LinkedServer['connect']>[1],
  ): Promise<LinkedPeer> {
    let receive: Connection['receive'] | undefined
    const peer = await super.connect(
      {
        connect: (transport) => {
          const connection = session.connect(transport)
          receive = connection.receive
          return connection
        },
      },
      options,
    )
    peer.sendMalformed = () => receive?.(null as never)
    return peer
  }
}

/** A server whose peers refuse to do anything once their connection has ended, as the emulator's do. */
export class StrictServer extends LinkedServer {
  override async connect(...given: Parameters<LinkedServer['connect']>): Promise<LinkedPeer> {
    const peer = await super.connect(...given)
    for (const name of ['pause', 'resume', 'sendMalformed'] as const) {
      const act = peer[name].bind(peer)
      peer[name] = () => {
        if (peer.isClosed) throw new Error('the connection has ended')
        act()
      }
    }
    return peer
  }
}

/** A client that ends its connection as soon as it is set up. */
export const endsWhenSetUp: Create = (opening) => {
  let close = (): void => {}
  return faulty({
    transport: (inner) => {
      close = () => inner.close()
      return {}
    },
    connection: (inner) => ({
      receive: (message) => {
        inner.receive(message)
        if (message.setupComplete) close()
      },
    }),
  })(opening)
}

export interface Fault {
  /** The scenario that finds it. */
  readonly scenario: string
  readonly create: Create
  readonly listen?: () => LinkedServer
  /** The error's message, with every checksum replaced by 0. */
  readonly message: string
}
