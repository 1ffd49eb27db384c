import { describe, expect, it } from 'vitest'
import { dropInput, holdInput, LivegateError, passInput } from '../src/index.ts'
import { LiveSession, type LiveSessionEvent, type Transport } from '../src/session.ts'
import { audio, end, start, streamEnd } from './inputs.ts'
import { ManualClock, settled } from './manual-clock.ts'
import { deferredTools, open, responses, toolCall, word } from './sessions.ts'

/** A transport that records what it is given, under a name. */
function recording(name: string, wire: unknown[]): Transport {
  return {
    send: (type, body) => wire.push(`${name}: ${JSON.stringify({ [type]: body })}`),
    close: () => wire.push(`${name}: close`),
  }
}

const model = 'models/gemini-2.5-flash-native-audio'

describe('a connection that is made', () => {
  it('is sent the setup when it is open, and nothing else before the server has accepted it', async () => {
    const wire: unknown[] = []
    const session = new LiveSession({ clock: new ManualClock(), setup: { model } })
    const early = session.sendRealtimeInput(word('early'))
    const connection = session.connect(recording('1', wire))
    connection.opened()
    const waiting = session.sendRealtimeInput(word('waiting'))
    expect([early, waiting]).toEqual(Array(2).fill({ status: 'held', reason: 'setup' }))
    expect(() => session.send('clientContent', {})).toThrow(
      'session must be open to send clientContent; got "connecting"',
    )
    expect(wire).toEqual([`1: {"setup":{"model":"${model}"}}`])
    connection.receive({ setupComplete: {} })
    expect(wire.slice(1)).toEqual([
      '1: {"realtimeInput":{"text":"early"}}',
      '1: {"realtimeInput":{"text":"waiting"}}',
    ])
    expect(session.sendRealtimeInput(word('then'))).toEqual({ status: 'sent' })
  })

  it.each([
    ['dropInput', dropInput()],
    ['passInput', passInput()],
  ])('holds input until it is set up even with %s, because a policy is about calls', (_, policy) => {
    const wire: unknown[] = []
    const session = new LiveSession({ clock: new ManualClock(), setup: { model }, policy })
    const connection = session.connect(recording('1', wire))
    for (const input of [audio(), word('one')]) {
      expect(session.sendRealtimeInput(input)).toEqual({ status: 'held', reason: 'setup' })
    }
    connection.receive({ setupComplete: {} })
    expect(wire).toHaveLength(2)
    connection.receive(toolCall('a'))
    const verdict = session.sendRealtimeInput(audio()).status
    expect(verdict).toBe(policy.audio === 'drop' ? 'dropped' : 'sent')
  })

  it('keeps the bounds of the policy before it is set up', () => {
    const policy = holdInput({ maxDurationMs: 100 })
    const session = new LiveSession({ clock: new ManualClock(), setup: { model }, policy })
    session.connect(recording('1', []))
    for (let frame = 0; frame < 10; frame++) session.sendRealtimeInput(audio(20))
    expect(session.snapshot().gate.backlog).toMatchObject({ inputs: 5, durationMs: 100 })
  })

  it('G3.6: is given up if the server does not accept the setup in time, and its transport is closed', () => {
    const { wire, clock, session, events } = openUnset({ deadlines: { setupMs: 4000 } })
    session.sendRealtimeInput(word('lost'))
    clock.advance(3999)
    expect(session.snapshot().status).toBe('connecting')
    clock.advance(1)
    expect([session.snapshot().status, wire, clock.timers]).toEqual(['closed', ['1: close'], 0])
    expect(session.snapshot().gate.counters.text).toEqual({
      offered: 1,
      sent: 0,
      held: 0,
      dropped: { closed: 1 },
    })
    expect(events.at(-1)).toMatchObject({
      type: 'session-closed',
      report: { epoch: 1, reason: 'no setupComplete within 4 s' },
    })
  })

  it('holds input until it is set up even with passInput, whatever else holds the gate meanwhile', () => {
    const { session, wire } = openUnset({ policy: passInput() })
    session.gate.hold('own').release()
    expect(session.sendRealtimeInput(audio())).toEqual({ status: 'held', reason: 'setup' })
    expect(wire).toEqual([])
  })

  it('G3.6: has the whole time for its setup, however much of it the connection before had used', () => {
    const { clock, session, wire, events } = openUnset({ deadlines: { setupMs: 4000 } })
    clock.advance(3000)
    session.connect(recording('2', wire))
    clock.advance(3999)
    expect([session.snapshot().status, events]).toEqual(['connecting', []])
    clock.advance(1)
    expect([session.snapshot().status, wire]).toEqual(['closed', ['1: close', '2: close']])
  })

  it('G3.6: tells its transport why, when the setup is not accepted in time', () => {
    const clock = new ManualClock()
    const session = new LiveSession({ clock, setup: { model } })
    const reasons: unknown[] = []
    session.connect({ send: () => {}, close: (reason) => reasons.push(reason) })
    clock.advance(30_000)
    expect(reasons).toEqual(['no setupComplete within 30 s'])
  })

  it('G3: leaves no timer if the session is closed before it is set up', () => {
    const { session, clock } = openUnset()
    session.close()
    expect(clock.timers).toBe(0)
  })

  it('reports when it is set up, with its epoch', () => {
    const { session, events, connection } = openUnset()
    connection.receive({ setupComplete: { sessionId: 'ignored' } })
    connection.receive({ setupComplete: {} })
    expect(events).toEqual([{ type: 'setup-complete', epoch: 1 }, { type: 'gate-opened' }])
    expect(session.snapshot()).toMatchObject({ status: 'open', epoch: 1 })
  })

  it('refuses an answer by hand that comes before it is set up, and keeps the call pending', async () => {
    const { session, connection, wire } = openUnset()
    connection.receive(toolCall('a'))
    const answer = () => session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })
    const refused = { code: 'closed', message: 'session must be open to send toolResponse; got "connecting"' }
    expect(answer).toThrow(expect.objectContaining(refused))
    expect(session.calls.isPending('a')).toBe(true)
    connection.receive({ setupComplete: {} })
    expect(session.snapshot().gate.holds).toEqual([{ name: 'tool-call', id: 'a' }])
    expect(answer()).toEqual({ sent: ['a'], suppressed: [] })
    expect(wire).toEqual([`1: ${JSON.stringify(responses(['a', {}]))}`])
  })

  it('G3.6: ends at once if the setup cannot be sent', () => {
    const clock = new ManualClock()
    const session = new LiveSession({ clock, setup: { model } })
    const told: unknown[] = []
    session.on('send-failed', ({ error }) => told.push(error))
    session.on('session-closed', ({ report: { reason } }) => told.push(reason))
    const error = new TypeError('Do not know how to serialize a BigInt')
    const connection = session.connect({
      send: () => {
        throw error
      },
      close: () => told.push('close'),
    })
    connection.opened()
    expect(told).toEqual(['close', error, 'no setup was sent: Do not know how to serialize a BigInt'])
    expect([session.snapshot().status, clock.timers]).toEqual(['closed', 0])
  })
})

function openUnset(options: Partial<ConstructorParameters<typeof LiveSession>[0]> = {}) {
  const wire: unknown[] = []
  const events: LiveSessionEvent[] = []
  const clock = new ManualClock()
  const session = new LiveSession({ clock, setup: { model }, ...options })
  session.onEvent((event) => events.push(event))
  const connection = session.connect(recording('1', wire))
  return { wire, events, clock, session, connection }
}

describe('a connection that is closing', () => {
  it('G5: drops input as failed, because a microphone cannot know, and rethrows any other error', () => {
    const errors: unknown[] = [
      new LivegateError('closed', 'connection', 'open', 'closing'),
      Object.assign(new Error('gone'), { code: 'closed' }),
      Object.assign(new Error('socket gone'), { code: 'EPIPE' }),
    ]
    const session = new LiveSession({ clock: new ManualClock(), setup: { model } })
    const connection = session.connect({
      send: () => {
        throw errors.shift()
      },
      close: () => {},
    })
    connection.receive({ setupComplete: {} })
    const failed = { status: 'dropped', reason: 'failed' }
    expect(session.sendRealtimeInput(word('closing'))).toEqual(failed)
    expect(session.sendRealtimeInput(word('closing still'))).toEqual(failed)
    expect(() => session.sendRealtimeInput(word('broken'))).toThrow('socket gone')
    expect(session.snapshot().gate.counters.text).toEqual({
      offered: 3,
      sent: 0,
      held: 0,
      dropped: { failed: 3 },
    })
  })
})

describe('another connection', () => {
  function openTwice(options: Parameters<typeof openUnset>[0] = {}) {
    const scene = openUnset(options)
    scene.connection.receive({ setupComplete: {} })
    const next = () => {
      const connection = scene.session.connect(recording('2', scene.wire))
      expect(connection.epoch).toBe(2)
      return connection
    }
    return { ...scene, next }
  }

  it('G9.1: takes over: what is still reported of the one before changes nothing', async () => {
    const { session, wire, connection, next, events } = openTwice()
    const second = next()
    second.receive({ setupComplete: {} })
    const before = [session.snapshot(), wire.length, events.length]
    connection.receive(toolCall('a'))
    connection.receive({ toolCallCancellation: { ids: ['a'] } })
    connection.opened()
    connection.closed({ code: 1006, reason: '' })
    expect([session.snapshot(), wire.length, events.length]).toEqual(before)
    expect(session.sendRealtimeInput(word('on'))).toEqual({ status: 'sent' })
    expect(wire).toEqual(['1: close', '2: {"realtimeInput":{"text":"on"}}'])
  })

  it('G9.2: may call with an id that the one before has used', async () => {
    const { tools, finish } = deferredTools('a')
    const { session, wire, connection, next } = openTwice({ tools })
    connection.receive(toolCall('a'))
    const first = finish.a
    const second = next()
    second.receive({ setupComplete: {} })
    second.receive(toolCall('a'))
    first?.('of the first')
    await settled()
    expect([wire.slice(1), session.snapshot().gate.status]).toEqual([[], 'shut'])
    finish.a?.('of the second')
    await settled()
    expect(wire.slice(1)).toEqual([`2: ${JSON.stringify(responses(['a', { output: 'of the second' }]))}`])
  })

  it('G9.2: can have a call answered by hand whose id the one before has used', () => {
    const { session, wire, connection, next } = openTwice()
    connection.receive(toolCall('a'))
    const second = next()
    second.receive({ setupComplete: {} })
    second.receive(toolCall('a'))
    const answer = () => session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })
    expect([answer(), answer()]).toEqual([
      { sent: ['a'], suppressed: [] },
      { sent: [], suppressed: [{ id: 'a', reason: 'answered' }] },
    ])
    expect(wire.slice(1)).toEqual([`2: ${JSON.stringify(responses(['a', {}]))}`])
    expect(session.snapshot()).toMatchObject({ gate: { status: 'open' }, settled: { answered: 1, lost: 1 } })
  })

  it('G9.3: loses the calls of the one before: signals are aborted, late results and answers by hand suppressed', async () => {
    const { tools, finish, signals } = deferredTools('a')
    const { session, wire, connection, next, events, clock } = openTwice({ tools })
    connection.receive(toolCall('a', 'by_hand'))
    session.sendRealtimeInput(word('meanwhile'))
    next().receive({ setupComplete: {} })
    expect(signals.a?.aborted).toBe(true)
    finish.a?.('late')
    await settled()
    expect(session.sendToolResponse({ functionResponses: { id: 'by_hand', response: {} } })).toEqual({
      sent: [],
      suppressed: [{ id: 'by_hand', reason: 'lost' }],
    })
    expect(wire).toEqual(['1: close', '2: {"realtimeInput":{"text":"meanwhile"}}'])
    expect(session.snapshot()).toMatchObject({ pending: [], settled: { lost: 2 } })
    expect(clock.timers).toBe(0)
    const suppressed = events.filter(({ type }) => type === 'response-suppressed')
    expect(suppressed).toMatchObject([
      { call: { id: 'a', epoch: 1 }, reason: 'lost' },
      { call: { id: 'by_hand', epoch: 1 }, reason: 'lost' },
    ])
  })

  it('is named to handlers by its epoch', async () => {
    const epochs: number[] = []
    const { connection, next } = openTwice({ tools: { tool_a: (_args, { epoch }) => epochs.push(epoch) } })
    connection.receive(toolCall('a'))
    await settled()
    const second = next()
    second.receive({ setupComplete: {} })
    second.receive(toolCall('a'))
    await settled()
    expect(epochs).toEqual([1, 2])
  })

  it.each<[string, readonly object[], readonly object[], readonly string[]]>([
    [
      'the start of an open turn again',
      [start, audio()],
      [audio(), end],
      ['activityStart', 'audio', 'activityEnd'],
    ],
    ['both signals of a turn that ends meanwhile', [start], [end], ['activityStart', 'activityEnd']],
    ['no signal of a turn that ended before', [start, audio(), end], [word('then')], ['text']],
    ['a new turn as it is', [streamEnd], [start, end], ['activityStart', 'activityEnd']],
  ])('G4.4: is sent %s', (_, before, after, heard) => {
    const { session, wire, next } = openTwice()
    for (const input of before) session.sendRealtimeInput(input)
    const sent = wire.length
    const second = next()
    // Whether it comes before or after the setup is complete makes no difference.
    const [first, ...rest] = after
    session.sendRealtimeInput(first ?? {})
    expect(wire.slice(sent)).toEqual(['1: close'])
    second.receive({ setupComplete: {} })
    for (const input of rest) session.sendRealtimeInput(input)
    const kinds = wire.slice(sent + 1).map((line) => /"realtimeInput":{"(\w+)"/.exec(String(line))?.[1])
    expect(kinds).toEqual(heard)
  })

  it('is sent nothing before it is set up, even with passInput', () => {
    const { session, wire, next } = openTwice({ policy: passInput() })
    session.sendRealtimeInput(audio())
    const second = next()
    expect(session.sendRealtimeInput(audio())).toEqual({ status: 'held', reason: 'setup' })
    second.receive({ setupComplete: {} })
    expect(wire.map((line) => String(line).slice(0, 12))).toEqual([
      '1: {"realtim',
      '1: close',
      '2: {"realtim',
    ])
  })

  it('G4.4: gets the start of the turn later if it could not be sent at first', () => {
    const { session, wire } = openTwice()
    session.sendRealtimeInput(start)
    const failing = { isFailing: true }
    session
      .connect({
        send: (type, body) => {
          if (failing.isFailing) throw new Error('not yet')
          wire.push({ [type]: body })
        },
        close: () => {},
      })
      .receive({ setupComplete: {} })
    expect(() => session.sendRealtimeInput(word('lost'))).toThrow('not yet')
    failing.isFailing = false
    session.sendRealtimeInput(end)
    expect(wire.slice(2)).toEqual([{ realtimeInput: start }, { realtimeInput: end }])
  })

  it('is refused when the session is over', () => {
    const { session, connection, next } = openTwice()
    connection.closed({ code: 1000, reason: '' })
    const refused = { code: 'closed', message: 'session must be open to connect; got "closed"' }
    expect(next).toThrow(expect.objectContaining(refused))
    expect(session.snapshot().status).toBe('closed')
  })
})

describe('the report of a close', () => {
  it('has what the server said, what was pending, and what was sent last, without its content', () => {
    const { session, connection, clock, wire } = open({ setup: { model: 'unknown' } })
    const reports: unknown[] = []
    session.on('session-closed', ({ report }) => reports.push(report))
    clock.advance(1000)
    session.sendRealtimeInput(word('my secret'))
    clock.advance(300)
    session.sendRealtimeInput(audio(20))
    clock.advance(40)
    connection.receive(toolCall('a'))
    session.send('clientContent', { turnComplete: true })
    clock.advance(2)
    const reason = 'Operation is not implemented, or supported, or enabled.'
    connection.closed({ code: 1008, reason })
    expect(reports).toEqual([
      {
        epoch: 1,
        code: 1008,
        reason,
        pending: [{ id: 'a', name: 'tool_a' }],
        sentBeforeWindow: 1,
        tail: [
          { kind: 'text', bytes: 9, ageMs: 342 },
          { kind: 'audio', bytes: 856, ageMs: 42 },
          { kind: 'clientContent', bytes: 21, ageMs: 2 },
        ],
      },
    ])
    expect(wire).toHaveLength(3)
  })

  it('has the repeated start of a turn, and a backlog that left all at once', () => {
    const { session, clock, transport } = open()
    const tails: unknown[] = []
    session.on('session-closed', ({ report: { tail } }) => {
      tails.push(tail.map(({ kind, ageMs }) => `${kind} ${ageMs}`))
    })
    for (const input of [start, audio(20)]) session.sendRealtimeInput(input)
    clock.advance(1000)
    session.connect(transport).receive({ setupComplete: {} })
    const hold = session.gate.hold('own')
    for (const input of [audio(20), audio(20)]) session.sendRealtimeInput(input)
    clock.advance(400)
    hold.release()
    clock.advance(500)
    session.sendRealtimeInput(audio(20))
    session.close()
    // The last was not measured: it is assumed to have left next to the others.
    const again = ['activityStart 500', 'audio 500', 'audio 500', 'audio 479.9375']
    expect(tails).toEqual([['activityStart 1900', 'audio 1900', ...again]])
  })

  it('counts no audio twice if a turn begins again with an input that is not audio', () => {
    const { session, transport } = open()
    const tails: unknown[] = []
    session.on('session-closed', ({ report }) => {
      tails.push(report.tail.map(({ kind, bytes }) => `${kind} ${bytes}`))
    })
    for (const input of [start, audio(20), audio(20)]) session.sendRealtimeInput(input)
    session.connect(transport).receive({ setupComplete: {} })
    for (const input of [word('typed'), audio(20)]) session.sendRealtimeInput(input)
    session.close()
    const turn = ['activityStart 0', 'audio 856', 'audio 856']
    expect(tails).toEqual([[...turn, 'activityStart 0', 'text 5', 'audio 856']])
  })

  it('has neither code nor reason if this side closed the session, whatever the transport says of it', () => {
    const { session, connection, transport } = open()
    transport.close = () => {
      connection.closed({ code: 1006, reason: 'closed' })
      return 0
    }
    const reports: unknown[] = []
    session.on('session-closed', ({ report }) => reports.push(report))
    session.close()
    session.close()
    expect(reports).toEqual([
      { epoch: 1, code: undefined, reason: undefined, pending: [], sentBeforeWindow: 0, tail: [] },
    ])
  })
})

describe('the race', () => {
  it('G5.4: is accounted for: a window reports how many inputs left so shortly before it that they may have crossed the call', () => {
    const { session, connection, clock } = open()
    const windows: unknown[] = []
    session.on('tool-window-opened', ({ calls, sentBefore }) => {
      windows.push([calls.map(({ id }) => id), sentBefore])
    })
    for (let frame = 0; frame < 20; frame++) {
      session.sendRealtimeInput(audio(20))
      clock.advance(20)
    }
    connection.receive(toolCall('a', 'b'))
    connection.receive(toolCall('c'))
    session.sendToolResponse({ functionResponses: ['a', 'b', 'c'].map((id) => ({ id, response: {} })) })
    clock.advance(1000)
    connection.receive(toolCall('d'))
    expect(windows).toEqual([
      [['a', 'b'], 12],
      [['d'], 0],
    ])
  })

  it.each([
    [250, 1],
    [251, 0],
  ])('G5.4: of an input that left %d ms before counts %d', (beforeMs, count) => {
    const { session, connection, clock } = open()
    const windows: number[] = []
    session.on('tool-window-opened', ({ sentBefore }) => windows.push(sentBefore))
    session.sendRealtimeInput(word('before'))
    clock.advance(beforeMs)
    connection.receive(toolCall('a'))
    expect(windows).toEqual([count])
  })

  it('G5.4: counts what came after a pause that the server was told of', () => {
    const { session, connection, clock } = open()
    const windows: number[] = []
    session.on('tool-window-opened', ({ sentBefore }) => windows.push(sentBefore))
    for (let frame = 0; frame < 20; frame++) session.sendRealtimeInput(audio(20))
    session.sendRealtimeInput({ audioStreamEnd: true })
    clock.advance(10_000)
    for (let frame = 0; frame < 12; frame++) {
      session.sendRealtimeInput(audio(20))
      clock.advance(20)
    }
    connection.receive(toolCall('a'))
    expect(windows).toEqual([12])
  })
})

describe('events', () => {
  it('G3.8: reach every listener until its disposer is called, whatever another throws', async () => {
    const { session, connection, wire } = open({ tools: { tool_a: () => 1 } })
    const told: string[] = []
    const failure = new Error('listener')
    const stop = session.onEvent(() => {
      throw failure
    })
    const off = session.on('call-settled', ({ call, as }) => told.push(`${call.id} ${as}`))
    const offAll = session.onEvent(({ type }) => told.push(type))
    const failures: unknown[] = []
    const offFailed = session.on('listener-failed', ({ error }) => {
      failures.push(error)
      throw error
    })
    connection.receive(toolCall('a'))
    session.sendRealtimeInput(word('meanwhile'))
    await settled()
    expect(told.filter((type) => type !== 'listener-failed')).toEqual([
      'gate-shut',
      'tool-window-opened',
      'gate-opened',
      'a answered',
      'call-settled',
    ])
    // One for each event: a listener that fails must not go unnoticed.
    expect(failures).toEqual(Array(4).fill(failure))
    expect(wire).toEqual([responses(['a', { output: 1 }]), { realtimeInput: word('meanwhile') }])
    for (const dispose of [stop, off, offAll, offFailed, off]) dispose()
    const before = told.length
    session.close()
    expect(told).toHaveLength(before)
  })
})

describe('an input that the transport takes', () => {
  it('leaves no timer if the transport reports its end from inside `send`', () => {
    const { session, connection, transport, clock, events } = open()
    const send = transport.send.bind(transport)
    transport.send = (type, body) => {
      send(type, body)
      transport.bufferedAmount = 1e9
      connection.closed()
    }
    session.sendRealtimeInput(word('last'))
    expect([events, clock.timers]).toEqual([['session-closed'], 0])
  })

  it('throws on what is no closing of the connection, and keeps nothing back', () => {
    const { session, transport } = open()
    transport.send = () => {
      throw new LivegateError('invalid-input', 'audio', 'something that this transport takes', 'it')
    }
    expect(() => session.sendRealtimeInput(word('refused'))).toThrow('audio must be something')
    expect(session.gate.snapshot().counters.text).toMatchObject({ sent: 0, dropped: { failed: 1 } })
  })
})

describe('a fact that is reported while another is handled', () => {
  it('is reported after it, even if a server answers from inside a handler', () => {
    const { session, connection, transport, events } = open({
      tools: { tool_a: () => session.send('clientContent', {}) },
    })
    const send = transport.send.bind(transport)
    transport.send = (type, body) => {
      send(type, body)
      if (type === 'clientContent') connection.receive({ toolCallCancellation: { ids: ['b'] } })
    }
    connection.receive(toolCall('a', 'b'))
    expect(events).toEqual(['gate-shut', 'gate-shut', 'tool-window-opened', 'b call-settled'])
  })

  it('G12: does not keep back later events after a message that is not one', () => {
    const { session, connection, events } = open()
    expect(() => connection.receive(null as never)).toThrow(TypeError)
    session.close()
    expect(events).toEqual(['session-closed'])
  })
})

describe('events that a listener causes', () => {
  it('are heard by every listener in the order in which they happened', () => {
    const { session, connection, events } = open()
    const first: string[] = []
    session.on('tool-window-opened', () =>
      session.sendToolResponse({ functionResponses: { id: 'a', response: {} } }),
    )
    session.onEvent(({ type }) => first.push(type))
    connection.receive(toolCall('a'))
    expect(first).toEqual(['gate-shut', 'tool-window-opened', 'gate-opened', 'call-settled'])
    expect(events).toEqual(['gate-shut', 'tool-window-opened', 'gate-opened', 'a call-settled'])
  })
})

describe('a listener that causes events without end', () => {
  it.each<[string, (session: LiveSession) => void]>([
    [
      'by an input for each that was dropped',
      (session) => session.on('input-dropped', () => session.sendRealtimeInput(word('again'))),
    ],
    [
      'by a hold for each that was released',
      (session) => session.on('gate-opened', () => session.gate.hold('mine').release()),
    ],
  ])('G3.8: does not hang the process, and is reported: %s', async (_, listen) => {
    const { session } = open({ policy: dropInput() })
    const failures: unknown[] = []
    session.on('listener-failed', ({ error }) => failures.push(error))
    listen(session)
    session.gate.hold('mine').release()
    session.close()
    session.sendRealtimeInput(word('after the end'))
    await settled()
    expect(failures).toEqual([new RangeError('listeners cause events without end')])
  })
})

describe('a message that causes more events than listeners ever may', () => {
  it('G12: has them all delivered', () => {
    const { connection, events } = open()
    const functionCalls = Array.from({ length: 100_003 }, () => ({ id: 'a', name: 'tool_a' }))
    connection.receive({ toolCall: { functionCalls } })
    expect(new Set(events.slice(0, 100_002))).toEqual(new Set(['a call-repeated']))
    expect(events.slice(100_002)).toEqual(['gate-shut', 'tool-window-opened'])
  })
})

describe('an async listener', () => {
  it.each<[string, (session: LiveSession, listener: () => Promise<void>) => void]>([
    ['of every event', (session, listener) => session.onEvent(listener)],
    ['of one type', (session, listener) => session.on('gate-shut', listener)],
  ])('G3.8: is reported if it rejects, which would end the process: %s', async (_, listen) => {
    const { session } = open()
    const failures: unknown[] = []
    session.on('listener-failed', ({ error }) => failures.push(error))
    listen(session, () => Promise.reject(new Error('rejected')))
    session.gate.hold('mine')
    await settled()
    expect(failures).toEqual([new Error('rejected')])
  })
})

describe('a listener that adds another', () => {
  it('G3.8: lets it hear the next event, and not the current one', () => {
    const { session, connection } = open()
    const told: string[] = []
    const listen = (): void => {
      const off = session.onEvent(({ type }) => {
        off()
        // Without this limit it would go on for ever.
        if (told.push(type) < 10) listen()
      })
    }
    listen()
    connection.receive(toolCall('a'))
    expect(told).toEqual(['gate-shut', 'tool-window-opened'])
  })

  it('G3.8: can remove another, which then does not even hear the current event', () => {
    const { session, connection } = open()
    const told: string[] = []
    session.onEvent(() => off())
    const off = session.onEvent(({ type }) => told.push(type))
    connection.receive(toolCall('a'))
    expect(told).toEqual([])
  })
})

describe('a listener that closes the session', () => {
  it.each(['gate-shut', 'call-settled'] as const)(
    'G3.6: on %s, while another connection is made, leaves neither a connection nor a timer, and hears one end',
    (type) => {
      const { session, connection, clock, wire } = open()
      const ends: unknown[] = []
      connection.receive(toolCall('a'))
      session.on(type, () => session.close())
      session.on('session-closed', ({ report }) => ends.push(report.epoch))
      session.connect(recording('2', wire)).receive({ setupComplete: {} })
      expect({ closes: [...wire].sort(), timers: clock.timers, ends }).toEqual({
        closes: ['2: close', 'close'],
        timers: 0,
        ends: [2],
      })
      expect(session.snapshot()).toMatchObject({ status: 'closed', gate: { status: 'closed' } })
    },
  )
})

describe('a listener that answers at once', () => {
  it.each(['gate-shut', 'tool-window-opened'] as const)(
    'G1, G3: to %s, leaves the gate shut for what is still pending, and open behind the last answer',
    (type) => {
      const { session, connection, wire } = open()
      const answer = (id: string) => session.sendToolResponse({ functionResponses: { id, response: {} } })
      const off = session.on(type, () => {
        off()
        answer('b')
        session.sendRealtimeInput(word('meanwhile'))
      })
      connection.receive(toolCall('a', 'b'))
      expect(wire).toEqual([responses(['b', {}])])
      expect(session.snapshot().gate.holds).toEqual([{ name: 'tool-call', id: 'a' }])
      answer('a')
      expect(wire.slice(1)).toEqual([responses(['a', {}]), { realtimeInput: word('meanwhile') }])
      expect(session.snapshot()).toMatchObject({ gate: { status: 'open' }, pending: [] })
    },
  )
})

describe('a listener that answers while answers leave', () => {
  it('G7.5: sends no second response to a call whose response has just left in the same message', async () => {
    const { session, connection, wire } = open({ tools: { tool_a: () => 1, tool_b: () => 2 } })
    const reports: unknown[] = []
    session.on('call-settled', ({ call }) => {
      const functionResponses = { id: call.id === 'a' ? 'b' : 'a', response: {} }
      reports.push(session.sendToolResponse({ functionResponses }))
    })
    connection.receive(toolCall('a', 'b'))
    await settled()
    expect(wire).toEqual([responses(['a', { output: 1 }], ['b', { output: 2 }])])
    expect(reports).toEqual([
      { sent: [], suppressed: [{ id: 'b', reason: 'answered' }] },
      { sent: [], suppressed: [{ id: 'a', reason: 'answered' }] },
    ])
  })

  it("G7.5: sends one response, even if it answers again when it hears that the handler's was suppressed", async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { session, connection, wire } = open({ tools })
    const answer = () => session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })
    const reasons: string[] = []
    session.on('response-suppressed', ({ reason }) => {
      reasons.push(reason)
      if (reasons.length === 1) answer()
    })
    connection.receive(toolCall('a', 'b'))
    finish.a?.(1)
    await settled()
    answer()
    expect(wire).toEqual([responses(['a', {}])])
    expect(reasons).toEqual(['answered', 'answered'])
  })
})

describe('a snapshot', () => {
  it('has no pre-roll where the server detects turns', () => {
    expect(open().session.snapshot().preRoll).toBeNull()
  })

  it('has deadlines that are no longer those of the session', () => {
    const { session } = open()
    Object.assign(session.snapshot().deadlines, { handlerMs: 1 })
    expect(session.snapshot().deadlines.handlerMs).toBe(30_000)
  })

  it('G3.5: shows everything there is to know as JSON, even a deadline that is Infinity', () => {
    const { session, connection, clock } = open({
      setup: { model: 'gemini-2.5', realtimeInputConfig: { automaticActivityDetection: { disabled: true } } },
      tools: { tool_a: { handler: () => new Promise(() => {}), timeoutMs: 5000 } },
      deadlines: { byHandMs: Number.POSITIVE_INFINITY },
    })
    session.sendRealtimeInput(audio(20))
    connection.receive(toolCall('a', 'by_hand'))
    session.sendRealtimeInput(word('my secret'))
    clock.advance(70)
    const none = { offered: 0, sent: 0, held: 0, dropped: {} }
    const snapshot = session.snapshot()
    expect(snapshot).toEqual({
      status: 'open',
      epoch: 1,
      profile: 'gemini-2.5',
      gate: {
        status: 'shut',
        holds: [
          { name: 'tool-call', id: 'a' },
          { name: 'tool-call', id: 'by_hand' },
        ],
        backlog: { inputs: 1, bytes: 9, durationMs: 0 },
        bracketOpen: false,
        counters: {
          audio: none,
          video: none,
          text: { ...none, offered: 1, held: 1 },
          activityStart: none,
          activityEnd: none,
          audioStreamEnd: none,
        },
      },
      preRoll: { inputs: 1, bytes: 856, durationMs: 20, dropped: 0 },
      pending: [
        { id: 'a', name: 'tool_a', blocks: true, pendingMs: 70, limitMs: 5000 },
        {
          id: 'by_hand',
          name: 'tool_by_hand',
          blocks: true,
          pendingMs: 70,
          limitMs: Number.POSITIVE_INFINITY,
        },
      ],
      settled: { answered: 0, cancelled: 0, expired: 0, lost: 0 },
      deadlines: {
        handlerMs: 30_000,
        byHandMs: Number.POSITIVE_INFINITY,
        setupMs: 30_000,
        backpressureMs: 30_000,
      },
      bufferedAmount: 0,
    })
    const { pending, deadlines } = JSON.parse(JSON.stringify(snapshot))
    expect([pending[1].limitMs, deadlines.byHandMs]).toEqual([null, null])
  })
})
