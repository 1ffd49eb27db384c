import { describe, expect, it } from 'vitest'
import { passInput } from '../src/index.ts'
import type { LiveSession } from '../src/session.ts'
import { audio } from './inputs.ts'
import { settled } from './manual-clock.ts'
import { open, responses, toolCall, word } from './sessions.ts'

const held = { status: 'held', reason: 'backpressure' }

const slow = { send: () => {}, close: () => {}, bufferedAmount: 1001 }

/** A session whose transport has just been found to be full. */
function openFull(options: Parameters<typeof open>[0] = {}) {
  const scene = open({ maxBufferedBytes: 1000, ...options })
  scene.transport.bufferedAmount = 1001
  expect(scene.session.sendRealtimeInput(word('fills'))).toEqual({ status: 'sent' })
  return scene
}

describe('a transport whose buffer is full', () => {
  it('makes input wait under the policy until the buffer has drained', () => {
    const { session, clock, transport, wire, events } = openFull()
    expect([session.sendRealtimeInput(audio()), session.sendRealtimeInput(word('next'))]).toEqual([
      held,
      held,
    ])
    clock.advance(50)
    expect(wire).toHaveLength(1)
    transport.bufferedAmount = 1000
    clock.advance(50)
    expect(wire).toHaveLength(3)
    expect([session.snapshot().gate.status, clock.timers]).toEqual(['open', 0])
    expect(events).toEqual(['gate-shut', 'gate-opened'])
  })

  it('shuts the gate again in the middle of the backlog', () => {
    const { session, clock, transport, wire } = openFull()
    for (const text of ['one', 'two', 'three']) session.sendRealtimeInput(word(text))
    transport.bufferedAmount = 0
    let sent = 0
    const { send } = transport
    transport.send = (type, body) => {
      send(type, body)
      if (++sent === 2) transport.bufferedAmount = 2000
    }
    clock.advance(50)
    expect(wire.slice(1)).toEqual([{ realtimeInput: word('one') }, { realtimeInput: word('two') }])
    expect(session.snapshot().gate).toMatchObject({ status: 'shut', holds: [{ name: 'backpressure' }] })
    transport.bufferedAmount = 0
    clock.advance(50)
    expect(wire.slice(3)).toEqual([{ realtimeInput: word('three') }])
  })

  it('G6.4: still takes everything that is not an input, above all responses', async () => {
    const { session, connection, wire } = openFull({ tools: { tool_a: () => 1 } })
    session.sendRealtimeInput(audio())
    connection.receive(toolCall('a'))
    session.send('clientContent', { turnComplete: true })
    await settled()
    expect(wire.slice(1)).toEqual([
      { clientContent: { turnComplete: true } },
      responses(['a', { output: 1 }]),
    ])
    expect(session.snapshot().gate.holds).toEqual([{ name: 'backpressure', id: undefined }])
  })

  it('G3.7: opens the gate at the deadline all the same, reports it, and leaves it open until the buffer has drained', () => {
    const { session, clock, transport, wire, events } = openFull({ deadlines: { backpressureMs: 2000 } })
    const expired: unknown[] = []
    session.on('hold-expired', ({ hold, heldMs }) => expired.push([hold.name, heldMs]))
    session.sendRealtimeInput(word('waited'))
    for (let poll = 0; poll < 39; poll++) clock.advance(50)
    expect([wire.length, expired]).toEqual([1, []])
    clock.advance(50)
    expect(wire).toHaveLength(2)
    expect(expired).toEqual([['backpressure', 2000]])
    expect(session.sendRealtimeInput(audio())).toEqual({ status: 'sent' })
    expect(clock.timers).toBe(0)
    transport.bufferedAmount = 0
    session.sendRealtimeInput(word('sent'))
    transport.bufferedAmount = 1001
    session.sendRealtimeInput(word('fills'))
    expect(session.sendRealtimeInput(audio())).toEqual(held)
    expect(events).toEqual(['gate-shut', 'hold-expired', 'gate-opened', 'gate-shut'])
  })

  it.each<[string, Parameters<typeof open>[0], number | undefined]>([
    ['up to 128 KiB', {}, 131_072],
    ['of a transport that does not report it', {}, undefined],
    ['of one whose buffer has no bound', { maxBufferedBytes: Number.POSITIVE_INFINITY }, 1e9],
  ])('does not count as full: %s', (_, options, bufferedAmount) => {
    const { session, transport } = open(options)
    Object.assign(transport, { bufferedAmount })
    session.sendRealtimeInput(word('looked at'))
    expect(session.sendRealtimeInput(audio())).toEqual({ status: 'sent' })
  })

  it('counts as full above 128 KiB', () => {
    const { session, transport } = open()
    transport.bufferedAmount = 131_073
    // The session looks after the first frame of audio, and then after each second of it.
    const verdicts = Array.from({ length: 2 }, () => session.sendRealtimeInput(audio()))
    expect(verdicts).toEqual([{ status: 'sent' }, held])
    expect(session.snapshot().bufferedAmount).toBe(131_073)
  })

  it('no longer holds the gate once its connection is replaced', () => {
    const { session, clock, wire } = openFull()
    session.sendRealtimeInput(word('waited'))
    const next: unknown[] = []
    const connection = session.connect({ send: (type, body) => next.push({ [type]: body }), close: () => {} })
    connection.receive({ setupComplete: {} })
    expect(next).toEqual([{ realtimeInput: word('waited') }])
    expect([wire.length, clock.timers, session.snapshot().gate.status]).toEqual([2, 0, 'open'])
  })

  // 128 KiB are 3.07 s.
  it.each([
    [20, 4.02],
    [250, 4.25],
    [1000, 5],
  ])('is noticed within a second or a frame, with frames of %d ms', (frameMs, seconds) => {
    const { session, transport } = open()
    let sentMs = 0
    while (sentMs < 10_000 && session.sendRealtimeInput(audio(frameMs)).status === 'sent') {
      transport.bufferedAmount += audio(frameMs).audio?.data?.length ?? 0
      sentMs += frameMs
    }
    expect(sentMs / 1000).toBe(seconds)
  })

  it('G9: holds the gate on another connection, although its deadline has passed on the one before', () => {
    const { session, clock } = openFull({ deadlines: { backpressureMs: 100 } })
    clock.advance(100)
    expect(session.snapshot().gate.status).toBe('open')
    session.connect(slow).receive({ setupComplete: {} })
    session.sendRealtimeInput(word('fills'))
    expect(session.sendRealtimeInput(audio())).toEqual(held)
  })

  it.each<[string, (session: LiveSession) => void, number]>([
    ['closes the session', (session) => session.close(), 0],
    ['goes on over another connection', (session) => session.connect(slow).receive({ setupComplete: {} }), 1],
    ['sends more', (session) => void session.sendRealtimeInput(word('more')), 1],
  ])(
    'G3: has one deadline while the session goes on, even if a listener that hears of it %s',
    (_, act, timers) => {
      const { session, clock, transport } = open({ maxBufferedBytes: 1000, policy: passInput() })
      let isTold = false
      session.on('gate-shut', () => {
        if (!isTold) act(session)
        isTold = true
      })
      transport.bufferedAmount = 1001
      session.sendRealtimeInput(word('fills'))
      session.sendRealtimeInput(word('next'))
      expect(clock.timers).toBe(timers)
      expect(session.gate.snapshot().holds).toHaveLength(timers)
    },
  )

  it('G3: leaves no timer when the session is over', () => {
    const { session, clock } = openFull()
    session.close()
    expect(clock.timers).toBe(0)
  })
})
