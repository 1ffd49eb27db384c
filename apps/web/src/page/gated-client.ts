import {
  type ConnectLiveEvent,
  connectLive,
  dropInput,
  holdInput,
  type InputPolicy,
  type LiveServerMessage,
  passInput,
  type Session,
} from '@livegate/browser'
import type { GateEvent, RealtimeInput, Verdict } from '@livegate/core'
import type { Transport } from '@livegate/core/session'
import { endpointOf } from '@livegate/core/wire'
import { liveConfig } from '../api/live-config.ts'
import type { Client, ClientOptions } from './client.ts'
import { openSocket } from './socket.ts'

/** How many times a resumption handle is tried, at most. */
const mostAttempts = 6

/** The interval at which to check whether the connection can be left, in milliseconds. */
const checkMs = 50

/** How long before its time is up a connection is left in any case, in milliseconds. */
const leaveEarlyMs = 1000

type InputDropped = Extract<GateEvent, { type: 'input-dropped' }>

const policies: Readonly<Record<'hold' | 'drop' | 'pass', () => InputPolicy>> = {
  hold: holdInput,
  drop: dropInput,
  pass: passInput,
}

/** Connects with Livegate: the session decides what is sent, runs the tool, and moves to another connection before its own ends. */
export async function gatedClient(options: ClientOptions): Promise<Client> {
  const { way, mode, url, accessToken, model, journal, underway, getWeather } = options
  /** The drops while an input is being offered; undefined at other times. */
  let dropped: InputDropped[] | undefined
  let epoch = 1
  let handle: string | undefined
  let hasClosed = false

  const onEvent = (event: ConnectLiveEvent): void => {
    switch (event.type) {
      case 'gate-shut': {
        const { name, id } = event.hold
        journal.note({ type: 'gate-shut', hold: name, ...(id !== undefined && { id }) })
        return
      }
      case 'gate-opened':
        journal.note({ type: 'gate-opened' })
        return
      case 'input-dropped':
        if (dropped) dropped.push(event)
        else noteGivenUp(event)
        return
      case 'setup-complete':
        journal.note({ type: 'set-up', epoch: event.epoch })
        return
      case 'call-settled':
        journal.note({ type: 'settled', id: event.call.id, as: event.as })
        return
      case 'session-closed': {
        const { code, reason = '' } = event.report
        hasClosed = true
        journal.note({ type: 'closed', epoch, reason, ...(code !== undefined && { code }) })
      }
    }
  }
  const noteGivenUp = ({ kind, reason }: InputDropped): void =>
    journal.note({ type: 'given-up', kind, reason })

  const credential = accessToken !== undefined && { accessToken }
  let check: ReturnType<typeof setInterval> | undefined
  /** Leaves a connection that is about to end: once nothing would be lost with it, or when its time is nearly up. */
  const moveOnInTime = (current: Session, timeLeft: string): void => {
    const leftMs = Number.parseFloat(timeLeft) * 1000 || 0
    const lastMs = performance.now() + leftMs - leaveEarlyMs
    clearInterval(check)
    check = setInterval(() => {
      if (!hasClosed && !underway.isNothing && performance.now() < lastMs) return
      clearInterval(check)
      if (!hasClosed) moveOn(current)
    }, checkMs)
  }

  /** Moves the session to another connection; meanwhile input waits at the gate. */
  const moveOn = (current: Session): void => {
    epoch++
    journal.note({ type: 'connecting', epoch })
    // The session closes its previous connection first: only then is the handle free.
    const connection = current.connect({
      send(type, body) {
        const resumes = type === 'setup' && handle !== undefined
        transport.send(type, resumes ? { ...body, sessionResumption: { handle } } : body)
      },
      close: () => transport.close(),
    })
    let isSetUp = false
    const open = (attempt: number): Transport =>
      openSocket(endpointOf({ url, ...credential }), {
        opened: connection.opened,
        receive(message) {
          if (message.setupComplete) isSetUp = true
          connection.receive(message)
          for (const listener of listeners) listener(message)
        },
        closed(close) {
          // Until the server notices that the previous connection is gone, it refuses the handle.
          const isRefused = !isSetUp && close.code === 1011 && attempt < mostAttempts
          if (!isRefused) connection.closed(close)
          else
            setTimeout(() => {
              if (!hasClosed) transport = open(attempt + 1)
            }, attempt * 100)
        },
      })
    let transport = open(1)
  }

  const listeners = new Set<(message: LiveServerMessage) => void>()
  const config = { ...liveConfig(mode), ...(accessToken === undefined && { sessionResumption: {} }) }
  journal.note({ type: 'connecting', epoch })
  const session = await connectLive({
    url,
    ...credential,
    model,
    config,
    policy: policies[way as keyof typeof policies](),
    tools: { get_weather: (_, { signal }) => getWeather(signal as AbortSignal) },
    onEvent,
  })
  session.onMessage((message) => {
    for (const listener of listeners) listener(message)
  })
  listeners.add(({ goAway, sessionResumptionUpdate: update }) => {
    if (update?.resumable && update.newHandle) handle = update.newHandle
    if (goAway) moveOnInTime(session, goAway.timeLeft ?? '0s')
  })
  return {
    offer(input: RealtimeInput): Verdict {
      dropped = []
      const verdict = session.sendRealtimeInput(input)
      // The last drop is the input itself, which the verdict reports.
      const others = verdict.status === 'dropped' ? dropped.slice(0, -1) : dropped
      dropped = undefined
      for (const event of others) noteGivenUp(event)
      return verdict
    },
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => session.close(),
  }
}
