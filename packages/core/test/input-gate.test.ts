import { describe, expect, it } from 'vitest'
import {
  dropInput,
  type GateEvent,
  holdInput,
  InputGate,
  type InputPolicy,
  passInput,
  type RealtimeInput,
} from '../src/index.ts'
import { audio, end, pcm, start, streamEnd, video } from './inputs.ts'

/** A gate, with everything that it reports and sends in one list, in order. */
function observe(policy: InputPolicy = holdInput(), send: (input: RealtimeInput) => void = () => {}) {
  const names = new Map<RealtimeInput, string>()
  const log: string[] = []
  const gate = new InputGate({
    policy,
    send: (input) => {
      log.push(`wire ${names.get(input) ?? JSON.stringify(input)}`)
      send(input)
    },
    onEvent: (event) => log.push(describeEvent(event)),
  })
  return {
    gate,
    log,
    offer(name: string, input: RealtimeInput): void {
      names.set(input, name)
      const verdict = gate.offer(input)
      log.push(`${name}: ${verdict.status}${'reason' in verdict ? ` (${verdict.reason})` : ''}`)
    },
  }
}

function describeEvent(event: GateEvent): string {
  switch (event.type) {
    case 'gate-shut':
      return `shut by ${event.hold.name} ${String(event.hold.id)}`
    case 'gate-opened':
      return 'opened'
    case 'input-dropped':
      return `lost ${event.kind}, ${event.durationMs} ms: ${event.reason}`
  }
}

describe('an open gate', () => {
  it('G6: sends every kind of input at once, as it is', () => {
    const { offer, log } = observe()
    offer('audio', audio())
    offer('video', video())
    offer('media', { media: { data: pcm(20), mimeType: 'audio/pcm' } })
    offer('text', { text: '' })
    offer('start', start)
    offer('end', end)
    offer('stream end', streamEnd)
    expect(log).toEqual([
      'wire audio',
      'audio: sent',
      'wire video',
      'video: sent',
      'wire media',
      'media: sent',
      'wire text',
      'text: sent',
      'wire start',
      'start: sent',
      'wire end',
      'end: sent',
      'wire stream end',
      'stream end: sent',
    ])
  })

  it('G4.1: keeps a start inside a bracket and an end outside from the server', () => {
    const { offer, log } = observe()
    offer('end 1', { activityEnd: {} })
    offer('start 1', { activityStart: {} })
    offer('start 2', { activityStart: {} })
    offer('end 2', { activityEnd: {} })
    offer('end 3', { activityEnd: {} })
    expect(log.filter((line) => !line.startsWith('lost'))).toEqual([
      'end 1: dropped (unpaired)',
      'wire start 1',
      'start 1: sent',
      'start 2: dropped (unpaired)',
      'wire end 2',
      'end 2: sent',
      'end 3: dropped (unpaired)',
    ])
  })

  it('G3, G5: counts an input whose send throws as dropped, rethrows, and goes on', () => {
    const failing = new Set<RealtimeInput>()
    const { gate, offer, log } = observe(holdInput(), (input) => {
      if (failing.has(input)) throw new Error('socket gone')
    })
    const lost: RealtimeInput = { activityStart: {} }
    failing.add(lost)
    expect(() => offer('lost', lost)).toThrow('socket gone')
    offer('start', start)
    expect(log).toEqual(['wire lost', 'lost activityStart, 0 ms: failed', 'wire start', 'start: sent'])
    expect(gate.snapshot().counters.activityStart).toEqual({
      offered: 2,
      sent: 1,
      held: 0,
      dropped: { failed: 1 },
    })
  })

  it('G4: does not take a failed input for the start of a bracket if it is not a signal', () => {
    const lost = audio(20)
    const { offer, log } = observe(holdInput(), (input) => {
      if (input === lost) throw new Error('socket gone')
    })
    expect(() => offer('lost', lost)).toThrow('socket gone')
    offer('end', end)
    expect(log.slice(-2)).toEqual(['lost activityEnd, 0 ms: unpaired', 'end: dropped (unpaired)'])
  })
})

describe('holdInput', () => {
  it('G1, G6: keeps every kind until the last hold is gone, then sends in the order of the offers', () => {
    const { gate, offer, log } = observe()
    const hold = gate.hold('tool-call', 'fc-1')
    offer('audio', audio())
    offer('text', { text: 'and Cork?' })
    offer('video', video())
    offer('stream end', streamEnd)
    log.push('--')
    hold.release()
    offer('next', audio())
    expect(log).toEqual([
      'shut by tool-call fc-1',
      'audio: held (tool-call)',
      'text: held (tool-call)',
      'video: held (tool-call)',
      'stream end: held (tool-call)',
      '--',
      'wire audio',
      'wire text',
      'wire video',
      'wire stream end',
      'opened',
      'wire next',
      'next: sent',
    ])
  })

  it('G4: sends the end of a turn that ended while the gate was shut', () => {
    const { gate, offer, log } = observe()
    offer('start', start)
    const hold = gate.hold('tool-call')
    offer('audio', audio())
    offer('end', end)
    expect(gate.snapshot().bracketOpen).toBe(true)
    hold.release()
    expect(log.filter((line) => line.startsWith('wire'))).toEqual(['wire start', 'wire audio', 'wire end'])
    expect(gate.snapshot().bracketOpen).toBe(false)
  })

  it('G4, G5.5: drops the oldest audio first, and reports how much of the turn was cut', () => {
    const { gate, offer, log } = observe(holdInput({ maxDurationMs: 40 }))
    const hold = gate.hold('tool-call')
    offer('start', start)
    offer('a', audio())
    offer('b', audio())
    offer('c', audio())
    offer('end', end)
    hold.release()
    expect(log).toEqual([
      'shut by tool-call undefined',
      'start: held (tool-call)',
      'a: held (tool-call)',
      'b: held (tool-call)',
      'lost audio, 20 ms: overflow',
      'c: held (tool-call)',
      'end: held (tool-call)',
      'wire start',
      'wire b',
      'wire c',
      'wire end',
      'opened',
    ])
  })

  it('G4: ends the open bracket, although a second start makes it look like an empty turn', () => {
    const { gate, offer, log } = observe()
    offer('start', { activityStart: {} })
    const hold = gate.hold('tool-call')
    offer('start again', { activityStart: {} })
    offer('end', end)
    hold.release()
    expect(log.filter((line) => line.startsWith('wire'))).toEqual(['wire start', 'wire end'])
    expect(log).toContain('lost activityStart, 0 ms: unpaired')
  })

  it('G3, G4: ends the bracket whose own end failed to leave, with the end of the next turn', () => {
    const failing = new Set<RealtimeInput>()
    const { gate, offer } = observe(holdInput(), (input) => {
      if (failing.has(input)) throw new Error('socket gone')
    })
    offer('start', { activityStart: {} })
    const lost: RealtimeInput = { activityEnd: {} }
    failing.add(lost)
    expect(() => offer('lost', lost)).toThrow('socket gone')
    const hold = gate.hold('tool-call')
    offer('next start', { activityStart: {} })
    offer('next end', { activityEnd: {} })
    hold.release()
    expect(gate.snapshot().bracketOpen).toBe(false)
  })

  it('G4: drops start and end of a turn of which nothing is left', () => {
    const { gate, offer, log } = observe(holdInput({ maxDurationMs: 20 }))
    const hold = gate.hold('tool-call')
    offer('start 1', { activityStart: {} })
    offer('a', audio())
    offer('word', { text: 'typed meanwhile' })
    offer('end 1', { activityEnd: {} })
    offer('start 2', { activityStart: {} })
    offer('b', audio())
    hold.release()
    offer('end 2', { activityEnd: {} })
    expect(log.filter((line) => !line.includes('held'))).toEqual([
      'shut by tool-call undefined',
      'lost audio, 20 ms: overflow',
      'lost activityStart, 0 ms: empty',
      'lost activityEnd, 0 ms: empty',
      'wire word',
      'wire start 2',
      'wire b',
      'opened',
      'wire end 2',
      'end 2: sent',
    ])
  })

  it('G5: drops as many frames as it takes to make room', () => {
    const { gate, offer } = observe(holdInput({ maxDurationMs: 60 }))
    gate.hold('tool-call')
    for (const name of ['a', 'b', 'c']) offer(name, audio(20))
    offer('long', audio(50))
    expect(gate.snapshot()).toMatchObject({
      backlog: { inputs: 1, durationMs: 50 },
      counters: { audio: { offered: 4, held: 1, dropped: { overflow: 3 } } },
    })
  })

  it.each(['maxDurationMs', 'maxBytes'])('G5: loses nothing if %s is undefined', (bound) => {
    const gate = new InputGate({ send: () => {}, policy: holdInput({ [bound]: undefined }) })
    gate.hold('tool-call')
    expect(gate.offer({ audio: { data: 'AAAA', mimeType: 'audio/pcm' } })).toEqual({
      status: 'held',
      reason: 'tool-call',
    })
  })

  it('keeps the latest picture only', () => {
    const { gate, offer, log } = observe()
    const hold = gate.hold('tool-call')
    offer('first', video())
    offer('word', { text: 'look' })
    offer('second', video())
    hold.release()
    expect(log).toEqual([
      'shut by tool-call undefined',
      'first: held (tool-call)',
      'word: held (tool-call)',
      'lost video, 0 ms: replaced',
      'second: held (tool-call)',
      'wire word',
      'wire second',
      'opened',
    ])
  })

  it.each([
    [8, 'held'],
    [7, 'dropped'],
  ])('holds as much payload as the bound says: of %d characters, 8 are %s', (maxBytes, status) => {
    const gate = new InputGate({ send: () => {}, policy: holdInput({ maxBytes }) })
    gate.hold('tool-call')
    expect(gate.offer({ video: { data: '/9j/4AAQ', mimeType: 'image/jpeg' } }).status).toBe(status)
  })

  it('G5.2: bounds payload too, and never drops text', () => {
    const { gate, offer, log } = observe(holdInput({ maxBytes: 10 }))
    const hold = gate.hold('tool-call')
    offer('word', { text: 'longer than ten' })
    offer('picture', video())
    offer('voice', audio())
    hold.release()
    expect(log).toEqual([
      'shut by tool-call undefined',
      'word: held (tool-call)',
      'lost video, 0 ms: overflow',
      'picture: dropped (overflow)',
      'lost audio, 20 ms: overflow',
      'voice: dropped (overflow)',
      'wire word',
      'opened',
    ])
  })

  it('G5.2: drops a picture for its payload, before any speech', () => {
    const { gate, offer, log } = observe(holdInput({ maxBytes: 2 * pcm(20).length + 7 }))
    const hold = gate.hold('tool-call')
    offer('first', audio())
    offer('picture', video())
    offer('second', audio())
    hold.release()
    expect(log).toEqual([
      'shut by tool-call undefined',
      'first: held (tool-call)',
      'picture: held (tool-call)',
      'lost video, 0 ms: overflow',
      'second: held (tool-call)',
      'wire first',
      'wire second',
      'opened',
    ])
  })

  it('G5.5: weighs the old `media` as the audio or the picture that it is', () => {
    const media = (data: string, mimeType: string): RealtimeInput => ({ media: { data, mimeType } })
    const { gate, offer } = observe(holdInput({ maxDurationMs: 40 }))
    gate.hold('tool-call')
    for (const name of ['a', 'b', 'c']) offer(name, media(pcm(20), 'audio/pcm;rate=16000'))
    offer('picture', media('/9j/4AAQ', 'image/jpeg'))
    expect(gate.snapshot()).toMatchObject({
      backlog: { inputs: 3, bytes: 2 * pcm(20).length + 8, durationMs: 40 },
      counters: { audio: { held: 2, dropped: { overflow: 1 } }, video: { held: 1 } },
    })
  })

  it('G3, G4: goes on after a send that throws, and balances the brackets behind it', () => {
    const failing = new Set<RealtimeInput>()
    const { gate, offer, log } = observe(holdInput(), (input) => {
      if (failing.has(input)) throw new Error('socket gone')
    })
    const hold = gate.hold('tool-call')
    const lost: RealtimeInput = { activityStart: {} }
    failing.add(lost)
    offer('lost', lost)
    offer('a', audio())
    offer('end', end)
    log.length = 0
    hold.release()
    expect(log).toEqual([
      'wire lost',
      'lost activityStart, 0 ms: failed',
      'wire a',
      'lost activityEnd, 0 ms: unpaired',
      'opened',
    ])
  })

  it('G5: drops as many frames as a long one needs', () => {
    const { gate } = observe()
    gate.hold('tool-call')
    for (let frame = 0; frame < 9000; frame++) gate.offer(audio(3))
    expect(gate.offer(audio(30_000))).toEqual({ status: 'held', reason: 'tool-call' })
    expect(gate.snapshot()).toMatchObject({
      backlog: { inputs: 1, durationMs: 30_000 },
      counters: { audio: { offered: 9001, sent: 0, held: 1, dropped: { overflow: 9000 } } },
    })
  })
})

describe('dropInput', () => {
  it('drops media while shut, keeps text, and repairs the open bracket', () => {
    const { gate, offer, log } = observe(dropInput())
    const hold = gate.hold('tool-call')
    offer('start', start)
    offer('a', audio())
    offer('picture', video())
    offer('word', { text: 'typed' })
    hold.release()
    offer('b', audio())
    offer('end', end)
    expect(log).toEqual([
      'shut by tool-call undefined',
      'start: held (tool-call)',
      'lost audio, 20 ms: policy',
      'a: dropped (policy)',
      'lost video, 0 ms: policy',
      'picture: dropped (policy)',
      'word: held (tool-call)',
      'wire start',
      'wire word',
      'opened',
      'wire b',
      'b: sent',
      'wire end',
      'end: sent',
    ])
  })

  it('G4: ends a turn that the server heard a part of, and drops start and end of one that it heard nothing of', () => {
    const { gate, offer, log } = observe(dropInput())
    offer('start 1', { activityStart: {} })
    const hold = gate.hold('tool-call')
    offer('end 1', { activityEnd: {} })
    offer('start 2', { activityStart: {} })
    offer('a', audio())
    offer('end 2', { activityEnd: {} })
    hold.release()
    expect(log.filter((line) => line.startsWith('wire'))).toEqual(['wire start 1', 'wire end 1'])
    expect(gate.snapshot().counters).toMatchObject({
      audio: { offered: 1, sent: 0, held: 0, dropped: { policy: 1 } },
      activityStart: { offered: 2, sent: 1, held: 0, dropped: { empty: 1 } },
      activityEnd: { offered: 2, sent: 1, held: 0, dropped: { empty: 1 } },
    })
  })
})

describe('passInput', () => {
  it('sends everything through a shut gate, with brackets balanced all the same', () => {
    const { gate, offer, log } = observe(passInput())
    gate.hold('tool-call')
    offer('end 0', { activityEnd: {} })
    offer('start', start)
    offer('a', audio())
    offer('word', { text: 'typed' })
    offer('end', end)
    expect(log.filter((line) => line.startsWith('wire'))).toEqual([
      'wire start',
      'wire a',
      'wire word',
      'wire end',
    ])
    expect(log).toContain('end 0: dropped (unpaired)')
  })
})

describe('a gate without a policy', () => {
  it('holds, within the default bounds', () => {
    const sent: RealtimeInput[] = []
    const gate = new InputGate({ send: (input) => sent.push(input) })
    const hold = gate.hold('tool-call')
    for (let second = 0; second < 31; second++) gate.offer(audio(1000))
    expect(gate.snapshot().backlog).toEqual({ inputs: 30, bytes: 30 * 42_668, durationMs: 30_000 })
    hold.release()
    expect(sent.length).toBe(30)
  })
})

describe('holds', () => {
  it('G2: opens when the last of several is released, whatever the order', () => {
    const { gate, log } = observe()
    const first = gate.hold('tool-call', 'fc-1')
    const second = gate.hold('tool-call', 'fc-2')
    const reconnecting = gate.hold('reconnecting')
    // The verdict names the oldest.
    expect(gate.offer({ text: 'word' })).toEqual({ status: 'held', reason: 'tool-call' })
    second.release()
    reconnecting.release()
    expect(gate.snapshot()).toMatchObject({ status: 'shut', holds: [{ name: 'tool-call', id: 'fc-1' }] })
    first.release()
    expect(gate.snapshot()).toMatchObject({ status: 'open', holds: [] })
    expect(log.at(-1)).toBe('opened')
  })

  it('G2: distinguishes holds without an id by their names', () => {
    const { gate } = observe()
    const setup = gate.hold('setup')
    gate.hold('backpressure')
    setup.release()
    expect(gate.snapshot()).toMatchObject({ status: 'shut', holds: [{ name: 'backpressure' }] })
  })

  it("G8: treats '', 0, '0' and no id as four different ids", () => {
    const { gate } = observe()
    gate.hold('tool-call', '')
    gate.hold('tool-call', 0)
    gate.hold('tool-call', '0')
    gate.hold('tool-call')
    expect(gate.snapshot().holds).toEqual([
      { name: 'tool-call', id: '' },
      { name: 'tool-call', id: 0 },
      { name: 'tool-call', id: '0' },
      { name: 'tool-call', id: undefined },
    ])
  })

  it('G2: is one hold under one name and id, and a stale handle releases no later one', () => {
    const { gate, log } = observe()
    const first = gate.hold('tool-call', 'fc-1')
    const same = gate.hold('tool-call', 'fc-1')
    same.release()
    expect(gate.snapshot().status).toBe('open')
    gate.hold('tool-call', 'fc-1')
    first.release()
    same.release()
    expect(gate.snapshot().status).toBe('shut')
    expect(log).toEqual(['shut by tool-call fc-1', 'opened', 'shut by tool-call fc-1'])
  })

  it('G3: is released by `using` when the block throws', () => {
    const { gate } = observe()
    expect(() => {
      using _hold = gate.hold('reconnecting')
      throw new Error('no network')
    }).toThrow('no network')
    expect(gate.snapshot().status).toBe('open')
  })

  it('G1.4: stops the backlog if it is taken while that leaves, and G6: lets nothing overtake', () => {
    let gate: InputGate | undefined
    const sent: string[] = []
    const seen: unknown[] = []
    const shutAgain: { release(): void }[] = []
    gate = new InputGate({
      policy: holdInput(),
      send: ({ text = '' }) => {
        sent.push(text)
        if (text === 'one') {
          seen.push(gate?.snapshot().status, gate?.offer({ text: 'said while one left' }))
          const hold = gate?.hold('tool-call', 'fc-2')
          if (hold) shutAgain.push(hold)
        }
      },
    })
    const hold = gate.hold('tool-call', 'fc-1')
    gate.offer({ text: 'one' })
    gate.offer({ text: 'two' })
    hold.release()
    expect([sent, seen]).toEqual([['one'], ['shut', { status: 'held', reason: 'release' }]])
    expect(gate.snapshot()).toMatchObject({ status: 'shut', backlog: { inputs: 2 } })
    shutAgain[0]?.release()
    expect(sent).toEqual(['one', 'two', 'said while one left'])
    expect(gate.snapshot().status).toBe('open')
  })
})

describe('a closed gate', () => {
  it('G5: has dropped the backlog, refuses input, and takes no hold', () => {
    const { gate, offer, log } = observe()
    gate.hold('tool-call', 'fc-1')
    offer('a', audio())
    gate.close()
    gate.close()
    offer('b', audio())
    gate.hold('reconnecting')
    expect(log).toEqual([
      'shut by tool-call fc-1',
      'a: held (tool-call)',
      'lost audio, 20 ms: closed',
      'lost audio, 20 ms: closed',
      'b: dropped (closed)',
    ])
    expect(gate.snapshot()).toMatchObject({
      status: 'closed',
      holds: [],
      backlog: { inputs: 0, bytes: 0, durationMs: 0 },
      counters: { audio: { offered: 2, sent: 0, held: 0, dropped: { closed: 2 } } },
    })
  })
})

describe('a gate that is being closed', () => {
  it('G3, G5: refuses at once what a listener offers for each dropped input, so that closing ends', () => {
    const verdicts: string[] = []
    const gate = new InputGate({
      send: () => {},
      onEvent: ({ type }) => {
        if (type !== 'input-dropped' || verdicts.length === 3) return
        const place = verdicts.push('offered') - 1
        verdicts[place] = JSON.stringify(gate.offer({ text: 'something was lost' }))
      },
    })
    gate.hold('tool-call')
    for (const text of ['one', 'two']) gate.offer({ text })
    gate.close()
    expect(verdicts).toEqual(Array(3).fill('{"status":"dropped","reason":"closed"}'))
    expect(gate.snapshot().counters.text).toEqual({ offered: 5, sent: 0, held: 0, dropped: { closed: 5 } })
  })
})

describe('a gate that a listener shuts and opens while an empty turn is dropped', () => {
  it('G5: drops its end once', () => {
    const gate = new InputGate({
      send: () => {},
      policy: holdInput({ maxDurationMs: 0 }),
      onEvent: ({ type }) => {
        if (type === 'input-dropped') gate.hold('of a listener').release()
      },
    })
    const hold = gate.hold('tool-call')
    gate.offer({ activityStart: {} })
    gate.offer({ activityEnd: {} })
    hold.release()
    const { activityStart, activityEnd } = gate.snapshot().counters
    const nothing = { offered: 1, sent: 0, held: 0 }
    expect({ activityStart, activityEnd }).toEqual({
      activityStart: { ...nothing, dropped: { empty: 1 } },
      activityEnd: { ...nothing, dropped: { unpaired: 1 } },
    })
  })
})

describe('a snapshot', () => {
  it('G5: is JSON, holds no content and stays as it was taken', () => {
    const { gate, offer } = observe()
    gate.hold('tool-call', 'fc-1')
    offer('secret', { text: 'my password' })
    const snapshot = gate.snapshot()
    const json = JSON.stringify(snapshot)
    offer('more', audio())
    gate.close()
    expect(JSON.stringify(snapshot)).toBe(json)
    expect(json).not.toContain('password')
    expect(JSON.parse(json)).toEqual({
      status: 'shut',
      holds: [{ name: 'tool-call', id: 'fc-1' }],
      backlog: { inputs: 1, bytes: 11, durationMs: 0 },
      bracketOpen: false,
      counters: {
        audio: { offered: 0, sent: 0, held: 0, dropped: {} },
        video: { offered: 0, sent: 0, held: 0, dropped: {} },
        text: { offered: 1, sent: 0, held: 1, dropped: {} },
        activityStart: { offered: 0, sent: 0, held: 0, dropped: {} },
        activityEnd: { offered: 0, sent: 0, held: 0, dropped: {} },
        audioStreamEnd: { offered: 0, sent: 0, held: 0, dropped: {} },
      },
    })
  })
})

describe('a listener that throws', () => {
  it('G3: stops nothing', () => {
    const sent: RealtimeInput[] = []
    const gate = new InputGate({
      policy: holdInput(),
      send: (input) => sent.push(input),
      onEvent: () => {
        throw new Error('listener')
      },
    })
    const hold = gate.hold('tool-call')
    gate.offer({ text: 'word' })
    hold.release()
    expect(sent).toEqual([{ text: 'word' }])
  })

  it('G3.8: stops nothing by a promise that it rejects; an unhandled rejection would fail the whole run', async () => {
    let told = 0
    const gate = new InputGate({
      send: () => {},
      onEvent: async () => {
        told++
        throw new Error('listener')
      },
    })
    gate.hold('tool-call').release()
    await Promise.resolve()
    expect(told).toBe(2)
  })
})

describe('an input whose kind is unclear', () => {
  it.each([
    [
      'no known field',
      {},
      'input must be one of audio,video,text,activityStart,activityEnd,audioStreamEnd; got ""',
    ],
    ['an unknown field', { picture: {} }, 'got "picture"'],
    ['two kinds', { text: 'a', activityStart: {} }, 'got "text,activityStart"'],
    ['two media', { audio: {}, media: {} }, 'got "audio,media"'],
    ['a stream end that says no', { audioStreamEnd: false }, 'got "audioStreamEnd"'],
  ])('G5: %s is refused, uncounted, with nothing sent', (_, input, message) => {
    const { gate, log } = observe()
    expect(() => gate.offer(input as RealtimeInput)).toThrow(message)
    expect(log).toEqual([])
    expect(Object.values(gate.snapshot().counters).map(({ offered }) => offered)).toEqual([0, 0, 0, 0, 0, 0])
  })
})
