// What a program or a transport does from inside a callback of the session, while a change is half made.
import { describe, expect, it } from 'vitest'
import { profileFor } from '../src/index.ts'
import { LiveSession, type LiveSessionEvent, type Transport } from '../src/session.ts'
import { audio, end, start } from './inputs.ts'
import { ManualClock, settled } from './manual-clock.ts'
import { declaring, open, toolCall, word } from './sessions.ts'

const forever = () => new Promise(() => {})

/** The platform's signals are event targets; core's type of them says only what it uses itself. */
function onAbort(signal: unknown, act: () => void): void {
  const target = signal as { addEventListener(type: 'abort', listener: () => void): void }
  target.addEventListener('abort', act)
}

const manualActivity = {
  model: 'unknown',
  realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
}

/** A session over transports that record what they are given, and then do what the test says. */
function scene(act: (sent: object, name: string) => void) {
  const wire: string[] = []
  const events: LiveSessionEvent[] = []
  const clock = new ManualClock()
  const session = new LiveSession({ clock, setup: manualActivity })
  session.onEvent((event) => events.push(event))
  const transport = (name: string): Transport => ({
    send(type, body) {
      wire.push(`${name}: ${type === 'realtimeInput' ? JSON.stringify(body) : type}`)
      act(body, name)
    },
    close: () => wire.push(`${name}: close`),
  })
  return { session, wire, events, clock, transport }
}

describe('an abort listener', () => {
  it('G7: cannot answer another call that the same message has cancelled', () => {
    const { session, connection, wire, events } = open({
      tools: {
        tool_a: (_, { signal }) => {
          onAbort(signal, () => {
            session.sendToolResponse({ functionResponses: { id: 'b', response: {} } })
          })
          return forever()
        },
        tool_b: forever,
      },
    })
    connection.receive(toolCall('a', 'b'))
    connection.receive({ toolCallCancellation: { ids: ['a', 'b'] } })
    expect(wire).toEqual([])
    expect(events).toEqual([
      'gate-shut',
      'gate-shut',
      'tool-window-opened',
      'a call-settled',
      'gate-opened',
      'b call-settled',
      'b response-suppressed',
    ])
  })

  it('G7: cannot report the progress of another call that the same message has cancelled', () => {
    let reportOfB = (_: unknown): void => {}
    const { connection, wire } = open({
      profile: profileFor('gemini-3.8-live'),
      tools: {
        tool_a: (_, { signal }) => {
          onAbort(signal, () => reportOfB('half done'))
          return forever()
        },
        tool_b: (_, { report }) => {
          reportOfB = report
          return forever()
        },
      },
    })
    connection.receive(toolCall('a', 'b'))
    connection.receive({ toolCallCancellation: { ids: ['a', 'b'] } })
    expect(wire).toEqual([])
  })

  it.each([
    ['BLOCKING', [{ name: 'tool-call', id: 'a' }]],
    ['NON_BLOCKING', []],
  ] as const)(
    'G9.2: can go on with another connection, which calls with the same id at once, %s',
    (behavior, holds) => {
      const { session, connection, transport } = open({
        setup: declaring({ name: 'tool_a' }, { name: 'by_hand', behavior }),
        tools: {
          tool_a: (_, { signal, epoch }) => {
            onAbort(signal, () => {
              if (epoch > 1) return
              const next = session.connect(transport)
              next.receive({ setupComplete: {} })
              next.receive({ toolCall: { functionCalls: [{ id: 'a', name: 'by_hand' }] } })
            })
            return forever()
          },
        },
      })
      connection.receive(toolCall('a'))
      connection.receive({ toolCallCancellation: { ids: ['a'] } })
      const { pending, gate } = session.snapshot()
      expect(pending.map(({ id }) => id)).toEqual(['a'])
      expect(gate.holds).toEqual(holds)
    },
  )

  it('G9.2: can go on with a third connection while a second is made, whose calls belong to the third', () => {
    const { session, connection, transport, events } = open({
      tools: {
        tool_a: (_, { signal }) => {
          onAbort(signal, () => {
            const third = session.connect(transport)
            third.receive({ setupComplete: {} })
            third.receive(toolCall('b'))
            again = () => third.receive(toolCall('b'))
          })
          return forever()
        },
      },
    })
    let again = () => {}
    connection.receive(toolCall('a'))
    session.connect(transport)
    again()
    expect(session.calls.pending.map(({ id, epoch }) => [id, epoch])).toEqual([['b', 3]])
    expect(events.at(-1)).toBe('b call-repeated')
  })

  it('G7.5: cannot take back an answer that has just left, by closing the session', () => {
    const { session, connection } = open({
      tools: {
        tool_a: (_, { signal }) => {
          onAbort(signal, () => session.close())
          return forever()
        },
      },
    })
    const reports: unknown[] = []
    session.on('session-closed', ({ report }) => reports.push(report.pending))
    connection.receive(toolCall('a', 'b'))
    session.sendToolResponse({
      functionResponses: [
        { id: 'a', response: {} },
        { id: 'b', response: {} },
      ],
    })
    expect(session.snapshot().settled).toEqual({ answered: 2, cancelled: 0, expired: 0, lost: 0 })
    expect(reports).toEqual([[]])
  })
})

describe('a listener that goes on with another connection, which calls at once', () => {
  it.each<
    [
      LiveSessionEvent['type'],
      readonly string[],
      (session: LiveSession, transport: Transport, clock: ManualClock) => void,
    ]
  >([
    ['gate-shut', [], (session, transport) => session.connect(transport)],
    ['call-overdue', ['a'], (_session, _transport, clock) => clock.advance(30_000)],
    // By the program itself: no change of the session's holds back what is told.
    ['call-settled', ['b', 'a'], (session) => session.calls.cancel(['b', 'a'])],
  ])('G9.2: on %s, has that call pending', async (type, pending, cause) => {
    const { session, connection, transport, clock } = open({ tools: { tool_a: forever } })
    connection.receive(toolCall(...pending))
    const off = session.on(type, () => {
      off()
      const next = session.connect(transport)
      next.receive({ setupComplete: {} })
      next.receive(toolCall('a'))
    })
    cause(session, transport, clock)
    await settled()
    expect(session.snapshot()).toMatchObject({
      pending: [{ id: 'a', pendingMs: 0 }],
      gate: { holds: [{ name: 'tool-call', id: 'a' }] },
    })
  })
})

describe('a call that is over before its arguments are checked', () => {
  it('does not run the handler, which may have effects', async () => {
    const ran: unknown[] = []
    const parameters = {
      '~standard': { version: 1, vendor: 'test', validate: async (value: unknown) => ({ value }) },
    } as const
    const { connection } = open({
      setup: { model: 'unknown', tools: [{ functionDeclarations: [{ name: 'tool_a' }] }] },
      tools: { tool_a: { parameters, handler: (args) => ran.push(args) } },
    })
    connection.receive(toolCall('a'))
    connection.receive({ toolCallCancellation: { ids: ['a'] } })
    await settled()
    expect(ran).toEqual([])
  })
})

describe('a call in the message that accepts the setup', () => {
  it('G1: keeps what waits, and is lost if its handler ends the session', async () => {
    const clock = new ManualClock()
    const wire: string[] = []
    const session: LiveSession = new LiveSession({
      clock,
      setup: { model: 'unknown' },
      tools: { tool_a: () => session.close() },
    })
    session.sendRealtimeInput(word('early'))
    const connection = session.connect({ send: (type) => wire.push(type), close: () => {} })
    connection.receive({ setupComplete: {}, ...toolCall('a') })
    await settled()
    expect(wire).toEqual([])
    expect(session.snapshot()).toMatchObject({ status: 'closed', pending: [], settled: { lost: 1 } })
    expect(clock.timers).toBe(0)
  })

  it('G9: sends nothing on another connection that its handler makes, before that is set up', async () => {
    const wire: string[] = []
    const connect = (name: string) =>
      session.connect({ send: (type) => wire.push(`${name}: ${type}`), close: () => {} })
    const session: LiveSession = new LiveSession({
      clock: new ManualClock(),
      setup: { model: 'unknown' },
      tools: { tool_a: () => void connect('2') },
    })
    session.sendRealtimeInput(word('early'))
    connect('1').receive({ setupComplete: {}, ...toolCall('a') })
    await settled()
    expect([wire, session.snapshot().gate.holds]).toEqual([[], [{ name: 'setup', id: undefined }]])
  })

  it('G1: is answered before what waits leaves', async () => {
    const wire: string[] = []
    const session = new LiveSession({
      clock: new ManualClock(),
      setup: { model: 'unknown' },
      tools: { tool_a: () => ({}) },
    })
    session.sendRealtimeInput(word('early'))
    const connection = session.connect({ send: (type) => wire.push(type), close: () => {} })
    connection.receive({ setupComplete: {}, ...toolCall('a') })
    await settled()
    expect(wire).toEqual(['toolResponse', 'realtimeInput'])
  })
})

describe('a listener of what the pre-roll loses', () => {
  it('G5: sees each input as kept, sent or dropped', () => {
    const { session, connection, clock } = open({ setup: manualActivity })
    const seen: number[] = []
    session.on('input-dropped', () => {
      const { preRoll, gate } = session.snapshot()
      seen.push((preRoll?.inputs ?? 0) + (preRoll?.dropped ?? 0) + gate.counters.audio.offered)
    })
    for (let frame = 0; frame < 3; frame++) session.sendRealtimeInput(audio())
    clock.advance(1000)
    session.sendRealtimeInput(start)
    expect(seen).toEqual([3, 3, 3])
    expect(connection.epoch).toBe(1)
  })
})

describe('a transport that reports its end from inside `send`', () => {
  it('G9: of the setup, and throws, ends the session once', () => {
    const { session, events, transport } = scene(() => {
      connection.closed({ code: 1006, reason: '' })
      throw new Error('socket gone')
    })
    const connection = session.connect(transport('1'))
    connection.opened()
    expect(events.flatMap((event) => (event.type === 'session-closed' ? [event.report.code] : []))).toEqual([
      1006,
    ])
  })

  it('G4: of the start of a turn that begins again, is not sent the input behind it', () => {
    const { session, wire, events, transport } = scene((_, name) => {
      if (name === '2') second.closed({ code: 1006 })
    })
    session.connect(transport('1')).receive({ setupComplete: {} })
    session.sendRealtimeInput(start)
    const second = session.connect(transport('2'))
    session.sendRealtimeInput(word('more'))
    second.receive({ setupComplete: {} })
    expect(wire).toEqual(['1: {"activityStart":{}}', '1: close', '2: {"activityStart":{}}'])
    expect(events.flatMap((event) => (event.type === 'input-dropped' ? [event.reason] : []))).toEqual([
      'failed',
    ])
  })
})

describe('a transport that makes the session connect from inside `send`', () => {
  it('G4: of the start of a turn that begins again, leaves the turn to begin on that connection', () => {
    const { session, wire, transport } = scene((_, name) => {
      if (name === '2') third = session.connect(transport('3'))
    })
    let third: ReturnType<LiveSession['connect']> | undefined
    session.connect(transport('1')).receive({ setupComplete: {} })
    session.sendRealtimeInput(start)
    session.connect(transport('2')).receive({ setupComplete: {} })
    session.sendRealtimeInput(word('lost with the second'))
    third?.receive({ setupComplete: {} })
    session.sendRealtimeInput(word('more'))
    session.sendRealtimeInput(end)
    expect(wire).toEqual([
      '1: {"activityStart":{}}',
      '1: close',
      '2: {"activityStart":{}}',
      '2: close',
      '3: {"activityStart":{}}',
      '3: {"text":"more"}',
      '3: {"activityEnd":{}}',
    ])
  })
})

describe('a transport that offers an input from inside `send`', () => {
  it('G4: of the start of a turn that begins again, is sent the start once', () => {
    let offers = 1
    const { session, wire, transport } = scene((_, name) => {
      if (name === '2' && offers-- > 0) session.sendRealtimeInput(word('from inside'))
    })
    session.connect(transport('1')).receive({ setupComplete: {} })
    session.sendRealtimeInput(start)
    session.connect(transport('2')).receive({ setupComplete: {} })
    session.sendRealtimeInput(word('more'))
    expect(wire.slice(2)).toEqual([
      '2: {"activityStart":{}}',
      '2: {"text":"from inside"}',
      '2: {"text":"more"}',
    ])
  })
})

describe('a transport that throws when it is closed', () => {
  it('G3.6: is reported when it did not accept the setup in time, and the clock is spared', () => {
    const clock = new ManualClock()
    const events: string[] = []
    const session = new LiveSession({ clock, setup: { model: 'unknown' } })
    session.onEvent(({ type }) => events.push(type))
    session.connect({
      send: () => {},
      close: () => {
        throw new Error('already gone')
      },
    })
    clock.advance(30_000)
    expect(events).toEqual(['session-closed', 'send-failed'])
  })
})
