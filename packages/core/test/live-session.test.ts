import { describe, expect, it } from 'vitest'
import { dropInput, type InputPolicy, LivegateError, profileFor } from '../src/index.ts'
import {
  type ClientMessages,
  LiveSession,
  type LiveSessionOptions,
  type ServerMessage,
  type SessionToolHandler,
  type Setup,
} from '../src/session.ts'
import { ManualClock, settled } from './manual-clock.ts'
// Has no prototype, and no text.
import * as notATool from './sessions.ts'
import { declaring, deferredTools, open, responses, toolCall, word } from './sessions.ts'

describe('a call with a handler', () => {
  it('G1.1, G6.2: shuts the gate at once, and opens it after its response was sent', async () => {
    const { tools, finish } = deferredTools('a')
    const { session, connection, wire, events } = open({ tools })
    session.sendRealtimeInput(word('before'))
    connection.receive(toolCall('a'))
    expect(session.sendRealtimeInput(word('meanwhile'))).toEqual({ status: 'held', reason: 'tool-call' })
    finish.a?.({ celsius: 12 })
    await settled()
    expect(wire).toEqual([
      { realtimeInput: word('before') },
      responses(['a', { celsius: 12 }]),
      { realtimeInput: word('meanwhile') },
    ])
    expect(events).toEqual(['gate-shut', 'tool-window-opened', 'gate-opened', 'a call-settled'])
  })

  it('G1.2: shuts the gate for every call of a message before a handler runs', async () => {
    const holds: unknown[] = []
    const tool = (): void => void holds.push(session.gate.snapshot().holds.map(({ id }) => id))
    const { session, connection } = open({ tools: { tool_a: tool, tool_b: tool } })
    connection.receive(toolCall('a', 'b'))
    await settled()
    expect(holds).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('G3.1: opens the gate if the handler throws, and tells the model', async () => {
    const { session, connection, wire } = open({
      tools: {
        tool_a: () => {
          throw new Error('no network')
        },
      },
    })
    connection.receive(toolCall('a'))
    session.sendRealtimeInput(word('meanwhile'))
    await settled()
    expect(wire).toEqual([responses(['a', { error: 'no network' }]), { realtimeInput: word('meanwhile') }])
  })

  it('G2.3, G6.3: sends the responses of one message together, and waits for all of them', async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { session, connection, wire } = open({ tools })
    connection.receive(toolCall('a', 'b'))
    finish.b?.(2)
    await settled()
    expect([wire, session.gate.snapshot().status]).toEqual([[], 'shut'])
    finish.a?.(1)
    await settled()
    expect(wire).toEqual([responses(['a', { output: 1 }], ['b', { output: 2 }])])
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('G2.1: keeps the gate shut for a second message of calls that overlaps the first', async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { session, connection, wire } = open({ tools })
    connection.receive(toolCall('a'))
    connection.receive(toolCall('b'))
    finish.a?.(1)
    await settled()
    session.sendRealtimeInput(word('still shut'))
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'b' }])
    finish.b?.(2)
    await settled()
    expect(wire).toEqual([
      responses(['a', { output: 1 }]),
      responses(['b', { output: 2 }]),
      { realtimeInput: word('still shut') },
    ])
  })

  it('G2, G7: leaves a cancelled call out of the message, aborts it, and opens for the others', async () => {
    const { tools, finish, signals } = deferredTools('a', 'b')
    const { connection, wire, events } = open({ tools })
    connection.receive(toolCall('a', 'b'))
    finish.a?.(1)
    await settled()
    connection.receive({ toolCallCancellation: { ids: ['a'] } })
    expect([signals.a?.aborted, signals.b?.aborted]).toEqual([true, false])
    finish.b?.(2)
    await settled()
    expect(wire).toEqual([responses(['b', { output: 2 }])])
    expect(events).toEqual([
      'gate-shut',
      'gate-shut',
      'tool-window-opened',
      'a response-suppressed',
      'a call-settled',
      'gate-opened',
      'b call-settled',
    ])
  })

  it("G6.3: sends each response alone, as soon as it is there, with responses: 'alone'", async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { session, connection, wire } = open({ tools, responses: 'alone' })
    connection.receive(toolCall('a', 'b'))
    session.sendRealtimeInput(word('meanwhile'))
    finish.b?.(2)
    await settled()
    expect([wire, session.gate.snapshot().status]).toEqual([[responses(['b', { output: 2 }])], 'shut'])
    finish.a?.(1)
    await settled()
    expect(wire.slice(1)).toEqual([responses(['a', { output: 1 }]), { realtimeInput: word('meanwhile') }])
  })

  it('G2.2: is not cancelled by an interruption alone', async () => {
    const { tools, finish, signals } = deferredTools('a')
    const { connection, wire } = open({ tools })
    connection.receive(toolCall('a'))
    const interrupted = { serverContent: { interrupted: true, turnComplete: true } }
    connection.receive(interrupted as ServerMessage)
    expect(signals.a?.aborted).toBe(false)
    finish.a?.(1)
    await settled()
    expect(wire).toEqual([responses(['a', { output: 1 }])])
  })

  it('G7: runs once if the server sends it twice', async () => {
    let runs = 0
    const { connection, wire } = open({ tools: { tool_a: () => ++runs } })
    connection.receive(toolCall('a'))
    connection.receive(toolCall('a'))
    await settled()
    connection.receive(toolCall('a'))
    await settled()
    expect([runs, wire]).toEqual([1, [responses(['a', { output: 1 }])]])
  })

  it('G7.1: answers a call of a tool that nobody declared', async () => {
    const { session, connection, wire } = open({
      tools: { tool_a: () => 1 },
      setup: declaring({ name: 'tool_a' }, { name: 'tool_b' }),
    })
    connection.receive(toolCall('z'))
    await settled()
    const error = 'there is no tool tool_z; the tools are tool_a, tool_b'
    expect(wire).toEqual([responses(['z', { error }])])
    connection.receive(toolCall('b'))
    await settled()
    expect(session.calls.pending.map(({ id }) => id)).toEqual(['b'])
  })

  it('is answered by hand if an MCP server may have declared its tool', async () => {
    const { session, connection } = open({
      tools: { tool_a: () => 1 },
      setup: {
        model: 'unknown',
        tools: [{ functionDeclarations: [{ name: 'tool_a' }] }, { callTool: () => 1 }],
      },
    })
    connection.receive(toolCall('z'))
    await settled()
    expect(session.calls.pending.map(({ id }) => id)).toEqual(['z'])
  })

  it('is answered by hand, whatever its tool, if there are no handlers', async () => {
    const { session, connection } = open({ setup: declaring({ name: 'tool_a' }) })
    connection.receive(toolCall('z'))
    await settled()
    expect(session.calls.pending.map(({ id }) => id)).toEqual(['z'])
  })

  it('G3.2: answers with an error at the deadline, and cancels the timer otherwise', async () => {
    const { tools, finish, signals } = deferredTools('a', 'b')
    const { session, connection, wire, clock } = open({ tools, deadlines: { handlerMs: 1000 } })
    connection.receive(toolCall('a', 'b'))
    finish.a?.(1)
    await settled()
    clock.advance(999)
    await settled()
    expect(wire).toEqual([])
    clock.advance(1)
    await settled()
    const error = 'tool_b gave no result within 1 s'
    expect(wire).toEqual([responses(['a', { output: 1 }], ['b', { error }])])
    expect(session.calls.snapshot().settled).toMatchObject({ answered: 1, expired: 1 })
    expect([signals.b?.aborted, session.gate.snapshot().status, clock.timers]).toEqual([true, 'open', 0])
  })

  it('G6.3: answers calls that expire together in one message', async () => {
    const { tools } = deferredTools('a', 'b')
    const { session, connection, wire, clock } = open({ tools, deadlines: { handlerMs: 1000 } })
    connection.receive(toolCall('a', 'b'))
    clock.advance(1000)
    await settled()
    const error = (id: string) => ({ error: `tool_${id} gave no result within 1 s` })
    expect(wire).toEqual([responses(['a', error('a')], ['b', error('b')])])
    expect(session.calls.snapshot().settled).toMatchObject({ expired: 2 })
  })

  it('G7: answers with what its handler returned, even if that is changed before it is sent', async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { connection, wire } = open({ tools })
    connection.receive(toolCall('a', 'b'))
    const mutable: { rows: unknown[] } = { rows: [1] }
    finish.a?.(mutable)
    await settled()
    mutable.rows.push(2n)
    finish.b?.(2)
    await settled()
    expect(wire).toEqual([responses(['a', { rows: [1] }], ['b', { output: 2 }])])
  })

  it('G3: answers each call at its own deadline, whatever the state of the others in its message', async () => {
    const { tools, finish } = deferredTools('slow', 'stuck', 'done')
    const tool = (id: string, timeoutMs: number) => ({ handler: tools[`tool_${id}`] ?? (() => 1), timeoutMs })
    const { session, connection, wire, clock } = open({
      tools: {
        tool_slow: tool('slow', 1000),
        tool_stuck: tool('stuck', Number.POSITIVE_INFINITY),
        tool_done: tool('done', 2000),
      },
    })
    connection.receive(toolCall('slow', 'stuck', 'done'))
    finish.done?.(1)
    await settled()
    expect(wire).toEqual([])
    clock.advance(1000)
    await settled()
    const error = 'tool_slow gave no result within 1 s'
    expect(wire).toEqual([responses(['slow', { error }], ['done', { output: 1 }])])
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'stuck' }])
    finish.stuck?.(2)
    await settled()
    expect(wire.slice(1)).toEqual([responses(['stuck', { output: 2 }])])
  })

  it('G3.2: sends a finished response at its own deadline, when the others of its message have more time', async () => {
    const { tools, finish } = deferredTools('quick', 'slow')
    const quick = { handler: tools.tool_quick ?? (() => 1), timeoutMs: 1000 }
    const slow = { handler: tools.tool_slow ?? (() => 1), timeoutMs: 5000 }
    const { session, connection, wire, clock } = open({ tools: { tool_quick: quick, tool_slow: slow } })
    connection.receive(toolCall('quick', 'slow'))
    finish.quick?.('in time')
    await settled()
    clock.advance(999)
    expect(wire).toEqual([])
    clock.advance(1)
    expect(wire).toEqual([responses(['quick', { output: 'in time' }])])
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'slow' }])
  })

  it('G3.3: opens the gate when the response cannot be sent, and says so', async () => {
    const { session, connection, wire, events, failing } = open({ tools: { tool_a: () => 1 } })
    failing.add('toolResponse')
    connection.receive(toolCall('a'))
    session.sendRealtimeInput(word('meanwhile'))
    await settled()
    expect(wire).toEqual([{ realtimeInput: word('meanwhile') }])
    expect(events).toEqual([
      'gate-shut',
      'tool-window-opened',
      'a response-suppressed',
      'gate-opened',
      'a call-settled',
      'send-failed',
    ])
  })

  it('waits with the response until the connection is set up', async () => {
    const wire: unknown[] = []
    const session = new LiveSession({
      clock: new ManualClock(),
      setup: { model: 'unknown' },
      tools: { tool_a: () => 1 },
    })
    const connection = session.connect({ send: (type, body) => wire.push({ [type]: body }), close: () => {} })
    connection.receive(toolCall('a'))
    await settled()
    expect(wire).toEqual([])
    connection.receive({ setupComplete: {} })
    await settled()
    expect(wire).toEqual([responses(['a', { output: 1 }])])
  })
})

describe('a call answered by hand', () => {
  it('G2.3, G8.1: opens the gate with the last part, and gets its name filled in', () => {
    const { session, connection, wire } = open()
    connection.receive(toolCall('a', 'b'))
    session.sendRealtimeInput(word('meanwhile'))
    expect(session.sendToolResponse({ functionResponses: { id: 'b', response: { n: 2 } } })).toEqual({
      sent: ['b'],
      suppressed: [],
    })
    expect(session.gate.snapshot().status).toBe('shut')
    session.sendToolResponse({ functionResponses: [{ id: 'a', response: { n: 1 } }] })
    expect(wire).toEqual([
      responses(['b', { n: 2 }]),
      responses(['a', { n: 1 }]),
      { realtimeInput: word('meanwhile') },
    ])
  })

  it('keeps the gate shut while more is to follow', () => {
    const { session, connection } = open()
    connection.receive(toolCall('a'))
    session.sendToolResponse({ functionResponses: { id: 'a', response: {}, willContinue: true } })
    expect(session.gate.snapshot().status).toBe('shut')
    session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('G7: suppresses what comes for a settled call, sends the rest, and reports both', () => {
    const { session, connection, wire } = open()
    connection.receive(toolCall('a', 'b'))
    connection.receive({ toolCallCancellation: { ids: ['a'] } })
    const report = session.sendToolResponse({
      functionResponses: [
        { id: 'a', response: {} },
        { id: 'b', response: {} },
      ],
    })
    expect(report).toEqual({ sent: ['b'], suppressed: [{ id: 'a', reason: 'cancelled' }] })
    expect(session.sendToolResponse({ functionResponses: [{ id: 'b', response: {} }] })).toEqual({
      sent: [],
      suppressed: [{ id: 'b', reason: 'answered' }],
    })
    expect(wire).toEqual([responses(['b', {}])])
  })

  it.each<[string, unknown, string]>([
    ['an id that was never called', { id: 'z', response: {} }, 'unknown-call'],
    [
      'one good, one unknown',
      [
        { id: 'a', response: {} },
        { id: 'z', response: {} },
      ],
      'unknown-call',
    ],
    ['a response that JSON cannot carry', { id: 'a', response: { n: 1n } }, 'invalid-response'],
    ['no response at all', [], 'invalid-response'],
  ])('refuses %s with nothing sent, and the session goes on', (_, functionResponses, code) => {
    const { session, connection, wire } = open()
    connection.receive(toolCall('a'))
    const refused = () => session.sendToolResponse({ functionResponses } as never)
    expect(refused).toThrow(expect.objectContaining({ name: LivegateError.name, code }))
    expect([wire, session.gate.snapshot().status]).toEqual([[], 'shut'])
    session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })
    expect(session.gate.snapshot().status).toBe('open')
  })

  it.each<[string, unknown, string]>([
    ['no responses', { functionResponses: [] }, 'functionResponses must be at least one response; got ""'],
    ['no parameters', undefined, 'functionResponses must be at least one response; got ""'],
    ['a bare list', [{ id: 'a', response: {} }], 'functionResponses must be at least one response; got ""'],
  ])('is refused with %s, naming field and value', (_, params, message) => {
    const { session, connection } = open()
    connection.receive(toolCall('a'))
    expect(() => session.sendToolResponse(params as never)).toThrow(message)
  })

  it('G3.2: is answered with an error after 300 s, and not before', async () => {
    const { session, connection, wire, clock } = open()
    connection.receive(toolCall('a'))
    clock.advance(299_999)
    await settled()
    expect(session.gate.snapshot().status).toBe('shut')
    clock.advance(1)
    await settled()
    expect(wire).toEqual([responses(['a', { error: 'tool_a gave no result within 300 s' }])])
    expect(session.gate.snapshot().status).toBe('open')
    expect(session.sendToolResponse({ functionResponses: { id: 'a', response: {} } }).suppressed).toEqual([
      { id: 'a', reason: 'expired' },
    ])
  })

  it('G6.3: does not keep back the response of a handler to a call of the same message', async () => {
    const { connection, wire } = open({ tools: { tool_a: () => 1 } })
    connection.receive(toolCall('a', 'by_hand'))
    await settled()
    expect(wire).toEqual([responses(['a', { output: 1 }])])
  })

  it('G7: wins over the handler that is still running', async () => {
    const { tools, finish, signals } = deferredTools('a')
    const { session, connection, wire, events } = open({ tools })
    connection.receive(toolCall('a'))
    session.sendToolResponse({ functionResponses: { id: 'a', response: { by: 'hand' } } })
    expect(signals.a?.aborted).toBe(true)
    finish.a?.(1)
    await settled()
    expect(wire).toEqual([responses(['a', { by: 'hand' }])])
    expect(events.at(-1)).toBe('a response-suppressed')
  })

  it('G3.5: sets no timer if the deadline is Infinity', () => {
    const { connection, clock } = open({ deadlines: { byHandMs: Number.POSITIVE_INFINITY } })
    connection.receive(toolCall('a'))
    expect(clock.timers).toBe(0)
  })

  it('G3: loses the call if its response cannot be sent, rethrows, and opens the gate', () => {
    const { session, connection, failing } = open()
    connection.receive(toolCall('a'))
    failing.add('toolResponse')
    expect(() => session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })).toThrow(
      'socket gone',
    )
    expect(session.gate.snapshot().status).toBe('open')
    expect(session.calls.snapshot().settled.lost).toBe(1)
  })
})

describe('the end of a session', () => {
  it('G3, G5, G7: settles and aborts pending calls, drops the backlog, and leaves no timer', async () => {
    const { tools, finish, signals } = deferredTools('a')
    const { session, connection, wire, clock } = open({ tools })
    connection.receive(toolCall('a', 'by_hand'))
    session.sendRealtimeInput(word('meanwhile'))
    session.close()
    session.close()
    connection.closed()
    finish.a?.(1)
    await settled()
    expect(wire).toEqual(['close'])
    expect([signals.a?.aborted, clock.timers]).toEqual([true, 0])
    expect(session.calls.snapshot()).toEqual({
      pending: [],
      settled: { answered: 0, cancelled: 0, expired: 0, lost: 2 },
    })
    expect(session.gate.snapshot()).toMatchObject({
      status: 'closed',
      holds: [],
      counters: { text: { offered: 1, sent: 0, held: 0, dropped: { closed: 1 } } },
    })
  })

  it('takes and sends nothing more, and says so', () => {
    const { session, connection, wire } = open()
    connection.receive(toolCall('a'))
    connection.closed()
    connection.receive(toolCall('b'))
    expect(session.calls.pending).toEqual([])
    expect(session.sendRealtimeInput(word('late'))).toEqual({ status: 'dropped', reason: 'closed' })
    expect(session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })).toEqual({
      sent: [],
      suppressed: [{ id: 'a', reason: 'lost' }],
    })
    expect(() => session.send('clientContent', {})).toThrow(
      'session must be open to send clientContent; got "closed"',
    )
    expect(wire).toEqual([])
  })

  it('is heard of only when it is complete', () => {
    const { session, connection } = open()
    const seen: unknown[] = []
    session.onEvent(({ type }) => seen.push([type, session.calls.pending.length, session.snapshot().status]))
    connection.receive(toolCall('a'))
    session.sendRealtimeInput(word('waits'))
    seen.length = 0
    session.close()
    expect(seen).toEqual([
      ['input-dropped', 0, 'closed'],
      ['call-settled', 0, 'closed'],
      ['session-closed', 0, 'closed'],
    ])
  })
})

describe('a call that does not block', () => {
  it('G10.3: leaves the gate as it is, and is answered, expired and lost like any other', async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { session, connection, wire, clock, events } = open({
      tools,
      profile: profileFor('gemini-3.8-live'),
    })
    connection.receive(toolCall('a'))
    expect(session.sendRealtimeInput(word('meanwhile'))).toEqual({ status: 'sent' })
    finish.a?.(1)
    await settled()
    connection.receive(toolCall('b', 'by_hand'))
    clock.advance(30_000)
    await settled()
    session.close()
    expect(wire).toEqual([
      { realtimeInput: word('meanwhile') },
      responses(['a', { output: 1 }]),
      responses(['b', { error: 'tool_b gave no result within 30 s' }]),
      'close',
    ])
    expect(events).toEqual([
      'a call-settled',
      'b call-overdue',
      'by_hand call-overdue',
      'b call-settled',
      'by_hand call-settled',
      'session-closed',
    ])
    expect(clock.timers).toBe(0)
  })

  it('G2, G10: opens the gate when the last call that blocks is settled, whatever else is pending', () => {
    const { session, connection } = open({
      profile: profileFor('gemini-2.5-flash-native-audio'),
      setup: declaring({ name: 'tool_a', behavior: 'NON_BLOCKING' }, { name: 'tool_b' }),
    })
    connection.receive(toolCall('a', 'b'))
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'b' }])
    session.sendToolResponse({ functionResponses: { id: 'b', response: {} } })
    expect(session.gate.snapshot().status).toBe('open')
    expect(session.calls.pending.map(({ id }) => id)).toEqual(['a'])
  })

  it('G5.4: opens no tool window, so that one which opens while it is pending is reported', () => {
    const { connection, events } = open({
      setup: declaring({ name: 'tool_a', behavior: 'NON_BLOCKING' }, { name: 'tool_b' }),
    })
    connection.receive(toolCall('a'))
    connection.receive(toolCall('b'))
    expect(events).toEqual(['gate-shut', 'tool-window-opened'])
  })

  it.each<[string, (tools: readonly object[]) => ClientMessages['contextUpdate']]>([
    ['as a bare list', (tools) => ({ tools })],
    ['as the SDK and the wire have it', (tools) => ({ tools: { tools } })],
  ])('G10.1: is declared so by the latest context update, %s', async (_, updateOf) => {
    const { session, connection, wire } = open({
      tools: { tool_a: () => 1 },
      setup: declaring({ name: 'tool_a' }),
    })
    const { tools } = declaring({ name: 'tool_a' }, { name: 'tool_b', behavior: 'NON_BLOCKING' })
    session.send('contextUpdate', updateOf(tools))
    session.send('contextUpdate', {})
    connection.receive(toolCall('b'))
    await settled()
    // It is answered by hand, as it was declared after the handlers were given.
    expect(session.gate.snapshot().status).toBe('open')
    expect(session.calls.pending.map(({ id }) => id)).toEqual(['b'])
    session.send('contextUpdate', updateOf([]))
    connection.receive(toolCall('c'))
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'c' }])
    expect(wire).toHaveLength(3)
  })

  it('G9.4: is declared by the setup again on another connection, whatever the one before was told', () => {
    const { session, transport } = open({ setup: declaring({ name: 'tool_a' }) })
    session.send('contextUpdate', declaring({ name: 'tool_a', behavior: 'NON_BLOCKING' }))
    const next = session.connect(transport)
    next.receive({ setupComplete: {} })
    next.receive(toolCall('a'))
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'a' }])
  })
})

describe('half a character, which a text that was cut ends with', () => {
  const cut = 'so \u{1f600}'.slice(0, -1)

  it.each<[string, (session: LiveSession) => unknown, object]>([
    [
      'a response by hand',
      (session) => session.sendToolResponse({ functionResponses: { id: 'a', response: { cut } } }),
      responses(['a', { cut: 'so \ufffd' }]),
    ],
    [
      'client content',
      (session) => session.send('clientContent', { turns: [{ parts: [{ text: cut }] }] }),
      { clientContent: { turns: [{ parts: [{ text: 'so \ufffd' }] }] } },
    ],
    [
      'what has a field of the method’s name',
      (session) => session.send('clientContent', { cut, toWellFormed: 1 }),
      { clientContent: { cut: 'so \ufffd', toWellFormed: 1 } },
    ],
    ['text', (session) => session.sendRealtimeInput(word(cut)), { realtimeInput: word('so \ufffd') }],
    [
      'text that waits',
      (session) => {
        const hold = session.gate.hold('test')
        session.sendRealtimeInput(word(cut))
        hold.release()
      },
      { realtimeInput: word('so \ufffd') },
    ],
  ])('G7.8: is replaced in %s, because a server may refuse the message', (_, send, sent) => {
    const { session, connection, wire } = open({ profile: profileFor('gemini-3.8-live') })
    connection.receive(toolCall('a'))
    send(session)
    expect(wire).toEqual([sent])
  })

  it('G7.8: is replaced in what a handler returns or throws', async () => {
    const { connection, wire } = open({
      tools: {
        tool_a: () => [cut],
        tool_b: () => {
          throw new Error(cut)
        },
      },
    })
    connection.receive(toolCall('a', 'b'))
    await settled()
    expect(wire).toEqual([responses(['a', { output: ['so \ufffd'] }], ['b', { error: 'so \ufffd' }])])
  })

  it('is not found in whole characters, in text that looks like one, nor in any other escape', () => {
    const { session, wire } = open()
    const content = { text: ['\u{1f600}', '\\ud83d', '\\\\ud83d', '\\', '\ufffd', '\n\u0001"', '\u{10ffff}'] }
    session.send('clientContent', content)
    expect(wire).toEqual([{ clientContent: content }])
  })
})

describe('a tool with options', () => {
  it('G3.4: has its own deadline, and is reported as overdue at a tenth of it', async () => {
    const overdue: unknown[] = []
    const { tools } = deferredTools('a')
    const { session, connection, wire, clock } = open({
      tools: { tool_a: { handler: tools.tool_a ?? (() => 1), timeoutMs: 5000 } },
    })
    session.on('call-overdue', ({ call, pendingMs }) => overdue.push([call.id, pendingMs]))
    connection.receive(toolCall('a'))
    clock.advance(499)
    expect(overdue).toEqual([])
    clock.advance(1)
    expect(overdue).toEqual([['a', 500]])
    clock.advance(4500)
    await settled()
    expect(wire).toEqual([responses(['a', { error: 'tool_a gave no result within 5 s' }])])
  })

  it('G10: says whether it blocks, whatever the setup declares', () => {
    const { session, connection } = open({
      setup: declaring({ name: 'tool_a', behavior: 'BLOCKING' }),
      tools: { tool_a: { handler: () => new Promise(() => {}), behavior: 'NON_BLOCKING' } },
    })
    connection.receive(toolCall('a'))
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('has its scheduling in its responses if it does not block', async () => {
    const tool = { handler: () => 1, scheduling: 'SILENT' } as const
    const { connection, wire } = open({
      tools: { tool_a: { ...tool, behavior: 'NON_BLOCKING' }, tool_b: tool },
    })
    connection.receive(toolCall('a'))
    connection.receive(toolCall('b'))
    await settled()
    expect(wire).toEqual([
      {
        toolResponse: {
          functionResponses: [{ id: 'a', name: 'tool_a', response: { output: 1 }, scheduling: 'SILENT' }],
        },
      },
      responses(['b', { output: 1 }]),
    ])
  })

  it('G10: answers each call alone that does not block', async () => {
    const { tools, finish } = deferredTools('a', 'b')
    const { connection, wire } = open({ tools, profile: profileFor('gemini-3.8-live') })
    connection.receive(toolCall('a', 'b'))
    finish.b?.(2)
    await settled()
    expect(wire).toEqual([responses(['b', { output: 2 }])])
  })
})

describe('progress', () => {
  const progress = (id: string, response: object) => ({
    toolResponse: { functionResponses: [{ id, name: `tool_${id}`, response, willContinue: true }] },
  })
  const nonBlocking = profileFor('gemini-3.8-live')

  /** A session with a tool that hands out its `report`, once for each call, and never returns. */
  const openReporting = () => {
    const reports: ((value: unknown) => void)[] = []
    const tool_a: SessionToolHandler = (_args, { report }) => {
      reports.push(report)
      return new Promise(() => {})
    }
    return { reports, ...open({ profile: nonBlocking, tools: { tool_a } }) }
  }

  it('G7: leaves at once for a call that does not block, and the call stays pending', async () => {
    const { reports, session, connection, wire } = openReporting()
    connection.receive(toolCall('a'))
    reports[0]?.({ done: 0.5 })
    reports[0]?.('nearly there')
    expect(wire).toEqual([progress('a', { done: 0.5 }), progress('a', { output: 'nearly there' })])
    expect(session.calls.isPending('a')).toBe(true)
    connection.receive({ toolCallCancellation: { ids: ['a'] } })
    reports[0]?.('too late')
    expect(wire.length).toBe(2)
  })

  it('G9: of a call of the connection before is not sent for one that has its id now', () => {
    const { reports, session, connection, transport, wire } = openReporting()
    connection.receive(toolCall('a'))
    const second = session.connect(transport)
    second.receive({ setupComplete: {} })
    second.receive(toolCall('a'))
    reports[0]?.('of the first')
    reports[1]?.('of the second')
    expect(wire).toEqual(['close', progress('a', { output: 'of the second' })])
  })

  it('is not sent before the connection is set up, and says so', () => {
    const wire: string[] = []
    const session = new LiveSession({
      clock: new ManualClock(),
      setup: { model: 'gemini-3.8-live' },
      tools: { tool_a: (_args, { report }) => report('too early') },
    })
    const failures: unknown[] = []
    session.on('send-failed', ({ error }) => failures.push(error))
    const connection = session.connect({ send: (type) => wire.push(type), close: () => {} })
    connection.receive(toolCall('a'))
    expect(wire).toEqual([])
    expect(failures).toEqual([
      expect.objectContaining({ message: 'session must be open to send toolResponse; got "connecting"' }),
    ])
  })

  it('is what an async generator yields; what it returns is the response', async () => {
    const { connection, wire } = open({
      profile: nonBlocking,
      tools: {
        tool_a: async function* () {
          yield 'looking'
          yield 'found'
          return { celsius: 12 }
        },
      },
    })
    connection.receive(toolCall('a'))
    await settled()
    expect(wire).toEqual([
      progress('a', { output: 'looking' }),
      progress('a', { output: 'found' }),
      responses(['a', { celsius: 12 }]),
    ])
  })

  it('G7: ends an async generator early if its call is cancelled', async () => {
    const steps: string[] = []
    const next: (() => void)[] = []
    const { connection, wire } = open({
      profile: nonBlocking,
      tools: {
        tool_a: async function* () {
          try {
            for (;;) {
              await new Promise<void>((resolve) => next.push(resolve))
              steps.push('work')
              yield 'still looking'
            }
          } finally {
            steps.push('cleaned up')
          }
        },
      },
    })
    connection.receive(toolCall('a'))
    await settled()
    next[0]?.()
    await settled()
    connection.receive({ toolCallCancellation: { ids: ['a'] } })
    next[1]?.()
    await settled()
    expect(steps).toEqual(['work', 'work', 'cleaned up'])
    expect(wire).toEqual([progress('a', { output: 'still looking' })])
  })

  it('G1.3: is not sent for a call that blocks', async () => {
    const { connection, wire } = open({
      tools: {
        tool_a: async function* () {
          yield 'looking'
          return 1
        },
      },
    })
    connection.receive(toolCall('a'))
    await settled()
    expect(wire).toEqual([responses(['a', { output: 1 }])])
  })

  it('G3: that cannot be sent is reported, and the call goes on', async () => {
    const { connection, wire, events, failing } = open({
      profile: nonBlocking,
      tools: {
        tool_a: (_args, { report }) => {
          failing.add('toolResponse')
          report('looking')
          failing.clear()
          return 1
        },
      },
    })
    connection.receive(toolCall('a'))
    await settled()
    expect(events).toEqual(['send-failed', 'a call-settled'])
    expect(wire).toEqual([responses(['a', { output: 1 }])])
  })
})

describe('client content', () => {
  it('is never gated', () => {
    const { session, connection, wire } = open()
    connection.receive(toolCall('a'))
    session.send('clientContent', { turnComplete: true })
    expect(wire).toEqual([{ clientContent: { turnComplete: true } }])
  })
})

describe('options', () => {
  const time = 'above 0 and up to 2147483647, or Infinity'

  it('take a setup with fields that are not known here, without a cast, and send it as it is', () => {
    const setup: Setup = {
      model: 'm',
      generationConfig: { responseModalities: ['AUDIO'] },
      realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs: 300 } },
      outputAudioTranscription: {},
    }
    expect(open({ setup }).session.setup).toEqual(setup)
  })

  it('takes a policy', () => {
    const { session, connection } = open({ policy: dropInput() })
    connection.receive(toolCall('a'))
    const audio = { data: 'AAAA', mimeType: 'audio/pcm' }
    expect(session.sendRealtimeInput({ audio })).toEqual({ status: 'dropped', reason: 'policy' })
  })

  it.each<[string, Partial<LiveSessionOptions>]>([
    ['no pre-roll', { preRollMs: 0 }],
    ['no byte to wait in the transport', { maxBufferedBytes: 0 }],
    ['a deadline that is absent', { deadlines: { handlerMs: undefined } as never }],
    ['the longest that a timer can take', { deadlines: { byHandMs: 2 ** 31 - 1 } }],
  ])('may be at their limit: %s', (_, options) => {
    expect(open(options).session.snapshot().status).toBe('open')
  })

  it.each<[string, Partial<LiveSessionOptions>, string]>([
    [
      'a policy that is none',
      { policy: { ...dropInput(), audio: 'keep' } as unknown as InputPolicy },
      'policy.audio must be one of hold,drop,pass; got "keep"',
    ],
    [
      'a handler that is none',
      { tools: { tool_a: 5 as never } },
      'tools.tool_a must be a function or { handler }; got "Number"',
    ],
    [
      'a handler of a tool that is not declared',
      { tools: { get_wether: () => 1 }, setup: declaring({ name: 'get_weather' }) },
      'tools.get_wether must be a declared tool (get_weather); got "get_wether"',
    ],
    [
      'a handler where no tool is declared',
      { tools: { get_weather: () => 1 }, setup: declaring() },
      'tools.get_weather must be a declared tool (none); got "get_weather"',
    ],
    [
      'a tool without a handler',
      { tools: { tool_a: {} as never } },
      'tools.tool_a must be a function or { handler }; got "Object"',
    ],
    [
      'a module in place of a tool',
      { tools: { tool_a: notATool as never } },
      'tools.tool_a must be a function or { handler }; got "Module"',
    ],
    [
      'a module in place of a schema',
      { tools: { tool_a: { handler: () => 1, parameters: notATool as never } } },
      'tools.tool_a.parameters must be a Standard Schema; got "Module"',
    ],
    [
      'a timeout of nothing',
      { tools: { tool_a: { handler: () => 1, timeoutMs: 0 } } },
      `tools.tool_a.timeoutMs must be ${time}; got "0"`,
    ],
    [
      'parameters that are no schema',
      { tools: { tool_a: { handler: () => 1, parameters: { type: 'object' } as never } } },
      'tools.tool_a.parameters must be a Standard Schema; got "Object"',
    ],
    [
      'an unknown behavior',
      { tools: { tool_a: { handler: () => 1, behavior: 'ASYNC' as never } } },
      'tools.tool_a.behavior must be one of BLOCKING,NON_BLOCKING; got "ASYNC"',
    ],
    [
      'an unknown scheduling',
      { tools: { tool_a: { handler: () => 1, scheduling: 'SOON' as never } } },
      'tools.tool_a.scheduling must be one of INTERRUPT,WHEN_IDLE,SILENT; got "SOON"',
    ],
    [
      'a deadline of nothing',
      { deadlines: { handlerMs: 0 } },
      `deadlines.handlerMs must be ${time}; got "0"`,
    ],
    [
      'a deadline that timers cannot take',
      { deadlines: { byHandMs: 2 ** 31 } },
      `deadlines.byHandMs must be ${time}; got "2147483648"`,
    ],
    [
      'a deadline that is no number',
      { deadlines: { byHandMs: 'long' as never } },
      `deadlines.byHandMs must be ${time}; got "long"`,
    ],
    [
      'a deadline in a text',
      { deadlines: { byHandMs: '30' as never } },
      `deadlines.byHandMs must be ${time}; got "30"`,
    ],
    ['a pre-roll in a text', { preRollMs: '300' as never }, 'preRollMs must be a number from 0; got "300"'],
    ['a setup without a model', { setup: {} as never }, 'model must be the name of a model; got "undefined"'],
    [
      'tools that are no list',
      { setup: { model: 'm', tools: { functionDeclarations: [] } as never } },
      'tools must be a list; got "[object Object]"',
    ],
    [
      'declarations in snake_case, which it would not find',
      { setup: { model: 'm', tools: [{ function_declarations: [{ name: 'a' }] }] } },
      'function_declarations must be camelCase; got "function_declarations"',
    ],
    [
      'the input configuration in snake_case',
      { setup: { model: 'm', realtime_input_config: {} } },
      'realtime_input_config must be camelCase; got "realtime_input_config"',
    ],
    [
      'activity detection in snake_case',
      { setup: { model: 'm', realtimeInputConfig: { automatic_activity_detection: { disabled: true } } } },
      'automatic_activity_detection must be camelCase; got "automatic_activity_detection"',
    ],
    ['a pre-roll of less than nothing', { preRollMs: -1 }, 'preRollMs must be a number from 0; got "-1"'],
    [
      'a bound that is no number',
      { maxBufferedBytes: 'all' as never },
      'maxBufferedBytes must be a number from 0; got "all"',
    ],
    [
      'an unknown way to respond',
      { responses: 'later' as never },
      'responses must be one of together,alone; got "later"',
    ],
    [
      'an option that it does not know',
      { tool: {} } as never,
      'tool must be left out: there is no such option here; got "object"',
    ],
    [
      'a deadline that it does not know',
      { deadlines: { handlerMS: 5000 } as never },
      'deadlines.handlerMS must be left out: there is no such option here; got "number"',
    ],
    ['no policy', { policy: null as never }, 'policy.audio must be one of hold,drop,pass; got "undefined"'],
    ['a bare deadline', { deadlines: 5000 as never }, 'deadlines must be an object; got "Number"'],
    ['a bare handler', { tools: (() => 1) as never }, 'tools must be an object; got "Function"'],
    [
      'the name of a profile',
      { profile: 'gemini-3.8' as never },
      'profile.callsBlock must be one of always,by-default,if-declared; got "undefined"',
    ],
  ])('refuses %s, naming field and value', (_, options, message) => {
    const code = message.includes('must be a declared tool') ? 'undeclared-tool' : 'invalid-options'
    const field = message.split(' ', 1)[0]
    expect(() => open(options)).toThrow(expect.objectContaining({ code, field, message }))
  })

  it.each([undefined, null])('takes an option of %s as absent, whatever its name', (absent) => {
    const options = { deadlines: { handlerMS: absent }, tools: absent, tool: absent }
    const setup = { model: 'm', tools: [absent, { functionDeclarations: absent }] }
    const { session } = open({ ...options, setup } as never)
    expect(session.snapshot().deadlines.handlerMs).toBe(30_000)
  })
})

describe('input that waits', () => {
  it('is what it was when it was offered, even if the caller uses its object for the next one', async () => {
    const { tools, finish } = deferredTools('a')
    const { session, connection, wire } = open({ tools })
    connection.receive(toolCall('a'))
    const reused = { audio: { data: '', mimeType: 'audio/pcm;rate=16000' } }
    const inputs = ['AAAA', 'BBBB', 'CCCC'].map((data) => {
      reused.audio.data = data
      session.sendRealtimeInput(reused)
      return { realtimeInput: { audio: { ...reused.audio } } }
    })
    finish.a?.(1)
    await settled()
    expect(wire.slice(1)).toEqual(inputs)
  })
})

describe('input that does not wait', () => {
  it('is passed on as it is, also inside a turn of manual activity mode', () => {
    const setup = { model: 'm', realtimeInputConfig: { automaticActivityDetection: { disabled: true } } }
    for (const options of [{}, { setup }]) {
      const { session, wire } = open(options)
      session.sendRealtimeInput({ activityStart: {} })
      const spoken = { audio: { data: 'AAAA', mimeType: 'audio/pcm;rate=16000' } }
      session.sendRealtimeInput(spoken)
      expect((wire.at(-1) as { readonly realtimeInput: object }).realtimeInput).toBe(spoken)
    }
  })
})

describe('send', () => {
  it('G10.1: takes no declarations from client content', () => {
    const { session, connection } = open({ setup: declaring({ name: 'tool_a', behavior: 'NON_BLOCKING' }) })
    session.send('clientContent', { tools: [] })
    connection.receive(toolCall('a'))
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('sends no context update whose tools are no list', () => {
    const { session, wire } = open()
    const tools = { functionDeclarations: [{ name: 'f' }] }
    expect(() => session.send('contextUpdate', { tools: { tools } })).toThrow('tools must be a list')
    expect(() => session.send('contextUpdate', { tools: [{ function_declarations: [] }] })).toThrow(
      'function_declarations must be camelCase',
    )
    expect(wire).toEqual([])
  })

  it.each(['toolResponse', 'realtimeInput', 'setup'])(
    'refuses a %s, which has a method of its own',
    (type) => {
      const { session, wire } = open()
      expect(() => session.send(type as 'clientContent', {})).toThrow(
        `type must be one of clientContent,contextUpdate; got "${type}"`,
      )
      expect(wire).toEqual([])
    },
  )
})

describe('a policy that is changed after it was given', () => {
  it('stays as it was when it was checked', () => {
    const policy = { ...dropInput() }
    const { session, connection } = open({ policy })
    Object.assign(policy, { audio: 'pass', maxBytes: 'none' })
    for (const id of ['a', 'b']) {
      connection.receive(toolCall(id))
      const audio = { data: 'AAAA', mimeType: 'audio/pcm' }
      expect(session.sendRealtimeInput({ audio })).toEqual({ status: 'dropped', reason: 'policy' })
      connection.receive({ toolCallCancellation: { ids: [id] } })
    }
  })
})

describe('a message with more calls than anyone makes', () => {
  it('G12: ends nothing, whether they block or not', async () => {
    const functionCalls = Array.from({ length: 150_000 }, () => ({}))
    for (const model of ['gemini-2.5-flash', 'gemini-3.8-live']) {
      const { session, connection } = open({ profile: profileFor(model) })
      connection.receive({ toolCall: { functionCalls } })
      expect(session.calls.snapshot().pending).toHaveLength(1000)
      session.close()
    }
  })
})
