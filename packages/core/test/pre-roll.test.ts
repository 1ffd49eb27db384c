import { describe, expect, it } from 'vitest'
import { dropInput, type GateEvent, InputGate, type RealtimeInput } from '../src/index.ts'
import { newPreRoll } from '../src/pre-roll.ts'
import { inputKind } from '../src/realtime-input.ts'
import { audio, end, start, video } from './inputs.ts'
import { ManualClock } from './manual-clock.ts'
import { open, toolCall, word } from './sessions.ts'

/** Audio that can be told from other audio by its length. */
const [first, second, third, spoken] = [audio(100), audio(140), audio(120), audio(60)]

function observe(durationMs = 300) {
  const wire: RealtimeInput[] = []
  const events: GateEvent[] = []
  const failing = { isFailing: false }
  const gate = new InputGate({
    send: (input) => {
      if (failing.isFailing) throw new Error('socket gone')
      wire.push(input)
    },
  })
  const onEvent = (event: GateEvent): void => void events.push(event)
  return { wire, events, gate, failing, ...standingBefore(gate, durationMs, onEvent) }
}

function standingBefore(gate: InputGate, durationMs = 300, onEvent: (event: GateEvent) => void = () => {}) {
  const clock = new ManualClock()
  const preRoll = newPreRoll(gate, clock, durationMs, onEvent)
  return { clock, preRoll, offer: (input: RealtimeInput) => preRoll.offer(input, inputKind(input)) }
}

describe('audio between two turns', () => {
  it('G4.3: is not sent; the last 300 ms of it leave first inside the next bracket', () => {
    const { wire, offer } = observe()
    const inputs = [first, second, third, start, spoken, spoken, end, first]
    const verdicts = inputs.map((input) => offer(input).status)
    expect(verdicts).toEqual(['held', 'held', 'held', 'sent', 'sent', 'sent', 'sent', 'held'])
    expect(wire).toEqual([start, second, third, spoken, spoken, end])
  })

  it('G5: is accounted for: what is too old is dropped, counted and reported', () => {
    const { events, preRoll, gate, offer } = observe()
    for (const input of [first, second, third]) offer(input)
    expect(preRoll.snapshot()).toEqual({ inputs: 2, bytes: 5976 + 5120, durationMs: 260, dropped: 1 })
    expect(events).toEqual([
      { type: 'input-dropped', kind: 'audio', reason: 'outside-bracket', durationMs: 100, error: undefined },
    ])
    expect(gate.snapshot().counters.audio.offered).toBe(0)
  })

  it.each<[string, number, RealtimeInput, object, number]>([
    ['nothing', 0, first, { status: 'dropped', reason: 'outside-bracket' }, 0],
    ['less than it is long', 99, first, { status: 'dropped', reason: 'outside-bracket' }, 0],
    ['just as much', 100, first, { status: 'held', reason: 'pre-roll' }, 1],
  ])('is dropped at once or kept by a pre-roll of %s', (_, durationMs, input, verdict, kept) => {
    const { preRoll, offer } = observe(durationMs)
    expect(offer(input)).toEqual(verdict)
    expect(preRoll.snapshot().inputs).toBe(kept)
  })

  it('is kept whatever else is sent meanwhile', () => {
    const { wire, offer } = observe()
    const picture = video()
    for (const input of [first, word('typed'), picture, end, start]) offer(input)
    expect(wire).toEqual([word('typed'), picture, start, first])
  })

  it('does not begin with what else is sent inside a turn', () => {
    const { wire, offer } = observe()
    const inputs = [start, first, word('typed'), second, video(), third, end]
    for (const input of inputs) offer(input)
    expect(wire).toEqual(inputs)
  })

  it.each([
    ['is kept if the microphone was on until 300 ms ago', 300, [start, second, spoken]],
    [
      'is dropped if the microphone has been off longer, because it belongs to the turn before',
      301,
      [start, spoken],
    ],
  ])('%s', (_, offMs, heard) => {
    const { wire, events, clock, preRoll, offer } = observe()
    for (const input of [start, first, end, second]) offer(input)
    const said = wire.length
    clock.advance(offMs)
    offer(start)
    offer(spoken)
    expect(wire.slice(said)).toEqual(heard)
    const dropped = 3 - heard.length
    expect(events).toEqual(
      Array(dropped).fill(expect.objectContaining({ reason: 'outside-bracket', durationMs: 140 })),
    )
    expect(preRoll.snapshot()).toEqual({ inputs: 0, bytes: 0, durationMs: 0, dropped })
    // The next turn works as well.
    for (const input of [end, third, start]) offer(input)
    expect(wire.slice(-2)).toEqual([start, third])
  })

  it('G4: waits for the next turn if a listener ends this one while it begins', () => {
    const wire: RealtimeInput[] = []
    // A start inside a bracket is dropped, which calls the listener.
    const onEvent = (): void => void turns.offer(end)
    const turns = standingBefore(new InputGate({ send: (input) => wire.push(input), onEvent }))
    for (const input of [start, start, first]) turns.offer(input)
    expect(wire).toEqual([start, end])
  })

  it("G5: returns the gate's verdict on audio that a listener offers while the pre-roll leaves", () => {
    const verdicts: unknown[] = []
    let drops = 0
    const onEvent = ({ type }: GateEvent): void => {
      if (type === 'input-dropped' && ++drops === 1) verdicts.push(turns.offer(second))
    }
    const gate = new InputGate({ send: () => {}, policy: dropInput(), onEvent })
    const turns = standingBefore(gate)
    gate.hold('tool-call')
    for (const input of [first, start]) turns.offer(input)
    expect(verdicts).toEqual([{ status: 'dropped', reason: 'policy' }])
  })

  it('G6: leaves in order if the turn is begun again meanwhile', () => {
    const wire: RealtimeInput[] = []
    const gate = new InputGate({
      send: (input) => {
        wire.push(input)
        if (input !== first) return
        turns.offer(start)
        turns.offer(third)
      },
    })
    const turns = standingBefore(gate)
    for (const input of [first, second, start]) turns.offer(input)
    expect(wire).toEqual([start, first, second, third])
  })

  it('G1, G6: waits behind its start while the gate is shut', () => {
    const { wire, gate, offer } = observe()
    const hold = gate.hold('tool-call')
    for (const input of [first, start, spoken]) offer(input)
    expect(wire).toEqual([])
    hold.release()
    expect(wire).toEqual([start, first, spoken])
  })

  it('stays for the next turn if the start could not be sent', () => {
    const { wire, failing, offer } = observe()
    offer(first)
    failing.isFailing = true
    expect(() => offer(start)).toThrow('socket gone')
    failing.isFailing = false
    for (const input of [second, start]) offer(input)
    expect(wire).toEqual([start, first, second])
  })

  it('G3, G5: is counted as failed, and stops nothing, if it cannot be sent itself', () => {
    const wire: RealtimeInput[] = []
    const picky = new InputGate({
      send: (input) => {
        if (input === first) throw new Error('not this one')
        wire.push(input)
      },
    })
    const told: GateEvent[] = []
    const { offer } = standingBefore(picky, 300, (event) => told.push(event))
    for (const input of [first, second, start, spoken]) offer(input)
    // The gate reports it, not the pre-roll.
    expect(told).toEqual([])
    expect(wire).toEqual([start, second, spoken])
    expect(picky.snapshot().counters.audio).toEqual({ offered: 3, sent: 2, held: 0, dropped: { failed: 1 } })
  })

  it('G3: outlives a listener that throws', () => {
    const { gate } = observe()
    const { offer } = standingBefore(gate, 0, () => {
      throw new Error('listener')
    })
    expect(offer(first).status).toBe('dropped')
  })
})

describe('a session in manual activity mode', () => {
  const disabled = {
    model: 'unknown',
    realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
  }

  it.each<[string, Parameters<typeof open>[0], readonly RealtimeInput[]]>([
    ['300 ms by default', { setup: disabled }, [start, second, third]],
    ['as much as `preRollMs` says', { setup: disabled, preRollMs: 120 }, [start, third]],
    ['nothing if activity is detected', { setup: { model: 'unknown' } }, [first, second, third, start]],
    [
      'nothing if detection is not disabled',
      {
        setup: { model: 'unknown', realtimeInputConfig: { automaticActivityDetection: { disabled: false } } },
      },
      [first, second, third, start],
    ],
  ])('G4.3: keeps %s', (_, options, heard) => {
    const { session, wire } = open(options)
    for (const input of [first, second, third, start]) session.sendRealtimeInput(input)
    expect(wire).toEqual(heard.map((realtimeInput) => ({ realtimeInput })))
  })

  it('sends no audio after the end of a turn, so that none is on its way when the call comes', () => {
    const { session, connection, clock } = open({ setup: disabled })
    const windows: number[] = []
    session.on('tool-window-opened', ({ sentBefore }) => windows.push(sentBefore))
    for (const input of [start, spoken, end]) session.sendRealtimeInput(input)
    for (let frame = 0; frame < 20; frame++) {
      session.sendRealtimeInput(audio(20))
      clock.advance(20)
    }
    connection.receive(toolCall('a'))
    expect(windows).toEqual([0])
  })

  it('G5.3: drops what it keeps when the session is over', () => {
    const { session, connection } = open({ setup: disabled })
    session.sendRealtimeInput(first)
    connection.closed()
    expect(session.sendRealtimeInput(second)).toEqual({ status: 'dropped', reason: 'closed' })
    session.sendRealtimeInput(end)
    expect(session.sendRealtimeInput(third)).toEqual({ status: 'dropped', reason: 'closed' })
    const { preRoll, gate } = session.snapshot()
    expect(preRoll).toEqual({ inputs: 0, bytes: 0, durationMs: 0, dropped: 0 })
    expect(gate.counters.audio).toEqual({ offered: 3, sent: 0, held: 0, dropped: { closed: 3 } })
  })
})
