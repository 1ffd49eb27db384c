import { describe, expect, it } from 'vitest'
import {
  type FunctionResponse,
  type HandlerContext,
  LivegateError,
  type ToolCall,
  type ToolCallEvent,
  type ToolCallMessage,
  ToolCallTracker,
} from '../src/index.ts'
import { settled } from './manual-clock.ts'

/** A promise that the test settles. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

function observe() {
  const events: string[] = []
  const calls = new ToolCallTracker({ onEvent: (event) => events.push(describeEvent(event)) })
  return { calls, events }
}

function describeEvent(event: ToolCallEvent): string {
  switch (event.type) {
    case 'call-settled':
      return `${event.call.id} ${event.as}`
    case 'call-repeated':
      return `${event.call.id} repeated`
    case 'response-suppressed':
      return `${event.call.id} suppressed: ${event.reason}`
  }
}

const weather = { functionCalls: [{ id: 'fc-1', name: 'get_weather', args: { city: 'Dublin' } }] }

function only(calls: readonly ToolCall[]): ToolCall {
  const [call] = calls
  if (!call || calls.length > 1) throw new Error(`expected one call, got ${calls.length}`)
  return call
}

class Weather {
  readonly celsius = 12
}

describe('receive', () => {
  it('returns the calls, which are pending from then on and known by name', () => {
    const { calls } = observe()
    expect(calls.receive(weather)).toEqual([
      { id: 'fc-1', wireId: 'fc-1', name: 'get_weather', args: { city: 'Dublin' }, epoch: 1 },
    ])
    expect(calls.nameOf('fc-1')).toBe('get_weather')
    expect(calls.nameOf('fc-2')).toBeUndefined()
    expect(calls.snapshot()).toEqual({
      pending: [{ id: 'fc-1', name: 'get_weather' }],
      settled: { answered: 0, cancelled: 0, expired: 0, lost: 0 },
    })
  })

  it('G7.4: does not return a call that comes again, pending or settled', () => {
    const { calls, events } = observe()
    calls.receive(weather)
    expect(calls.receive(weather)).toEqual([])
    calls.settle('fc-1')
    expect(calls.receive(weather)).toEqual([])
    expect(events).toEqual(['fc-1 repeated', 'fc-1 answered', 'fc-1 repeated'])
    expect(calls.pending).toEqual([])
  })

  it("G8.2, G8.3: accepts '' and 0 as ids, and gives a call without one a private id that never goes on the wire", async () => {
    const { calls } = observe()
    const received = calls.receive({
      functionCalls: [{ id: '', name: 'a' }, { id: 0, name: 'b' }, { name: 'c' }, { name: 'd' }],
    })
    expect(received.map(({ wireId }) => wireId)).toEqual(['', 0, undefined, undefined])
    expect(new Set(received.map(({ id }) => id)).size).toBe(4)
    const responses = await Promise.all(received.map((call) => calls.execute(call, () => ({ ok: true }))))
    // Strictly: an `id` of `undefined` is there for whoever looks for its key, as the SDK does.
    expect(responses).toStrictEqual([
      { id: '', name: 'a', response: { ok: true } },
      { id: 0, name: 'b', response: { ok: true } },
      { name: 'c', response: { ok: true } },
      { name: 'd', response: { ok: true } },
    ])
  })

  it.each<[string, unknown, object[]]>([
    ['no list', {}, []],
    ['a list that is none', { functionCalls: 'all' }, []],
    ['entries that are no calls', { functionCalls: [null, 5, 'x'] }, []],
    [
      'a call without name and arguments',
      { functionCalls: [{ id: 'x' }] },
      [{ id: 'x', wireId: 'x', name: '', args: {}, epoch: 1 }],
    ],
    [
      'arguments that are null',
      { functionCalls: [{ id: 'x', name: 'f', args: null }] },
      [{ id: 'x', wireId: 'x', name: 'f', args: {}, epoch: 1 }],
    ],
    [
      'arguments that are no object',
      { functionCalls: [{ id: 'x', name: 'f', args: 'Dublin' }] },
      [{ id: 'x', wireId: 'x', name: 'f', args: {}, epoch: 1 }],
    ],
    [
      'an id that is none',
      { functionCalls: [{ id: { a: 1 }, name: 'f' }] },
      [{ id: 'livegate-1', wireId: undefined, name: 'f', args: {}, epoch: 1 }],
    ],
    // Like an object of another realm, it is no instance of this one's `Object`.
    [
      'a call without a prototype',
      { functionCalls: [Object.assign(Object.create(null), { id: 'x', name: 'f' })] },
      [{ id: 'x', wireId: 'x', name: 'f', args: {}, epoch: 1 }],
    ],
    ['entries that are no objects', { functionCalls: [null, 'f', [], [{ id: 'x', name: 'f' }]] }, []],
  ])('G12.2: takes %s as far as it can be read', (_, message, received) => {
    expect(observe().calls.receive(message as ToolCallMessage)).toEqual(received)
  })
})

describe('run', () => {
  it.each<[string, () => unknown, object]>([
    ['an object', () => ({ celsius: 12 }), { celsius: 12 }],
    ['a promise of one', async () => ({ celsius: 12 }), { celsius: 12 }],
    ['a number', () => 12, { output: 12 }],
    ['a list', () => [1, 2], { output: [1, 2] }],
    ['nothing', () => undefined, { output: null }],
    ['a date, which JSON makes a string', () => new Date(0), { output: '1970-01-01T00:00:00.000Z' }],
    ['an object of which JSON makes nothing', () => ({ toJSON: () => undefined }), { output: null }],
    [
      'an error thrown',
      () => {
        throw new Error('no network')
      },
      { error: 'no network' },
    ],
    [
      'anything thrown',
      () => {
        throw 'no network'
      },
      { error: 'no network' },
    ],
    ['a rejection', () => Promise.reject(new Error('no network')), { error: 'no network' }],
    [
      'an error without a message',
      () => {
        throw new TypeError()
      },
      { error: 'TypeError' },
    ],
    [
      'an object with a message, as some libraries throw',
      () => {
        throw { code: 503, message: 'no network' }
      },
      { error: 'no network' },
    ],
    [
      'something thrown that makes no text',
      () => {
        throw Object.create(null)
      },
      { error: 'it failed' },
    ],
    [
      'an error whose message is no text',
      () => {
        throw Object.assign(new Error(), { message: 5n })
      },
      { error: '5' },
    ],
    [
      'a BigInt',
      () => ({ population: 5n }),
      { error: expect.stringMatching(/^get_weather returned a value that JSON cannot carry: .*BigInt/) },
    ],
    [
      'a function',
      () => ({ next: () => {} }),
      { error: 'get_weather returned a value that JSON cannot carry: "next" is of type Function' },
    ],
    [
      'nothing but a function',
      () => () => {},
      { error: 'get_weather returned a value that JSON cannot carry: it is of type Function' },
    ],
    [
      'a symbol',
      () => ({ unit: Symbol('celsius') }),
      { error: 'get_weather returned a value that JSON cannot carry: "unit" is of type Symbol' },
    ],
    ...(
      [
        ['a promise that nobody awaited', { celsius: Promise.resolve(12) }, '"celsius" is of type Promise'],
        [
          'an error',
          { error: Object.assign(new Error('no network'), { code: 5 }) },
          '"error" is of type Error',
        ],
        ['a map', new Map([['Dublin', 12]]), 'it is of type Map'],
        ['a set', { cities: new Set(['Dublin']) }, '"cities" is of type Set'],
        ['no number', [Number.NaN], '"0" is NaN'],
        ['what is infinite', { celsius: Number.NEGATIVE_INFINITY }, '"celsius" is -Infinity'],
      ] as const
    ).map(([what, result, problem]): [string, () => unknown, object] => [
      what,
      () => result,
      { error: `get_weather returned a value that JSON cannot carry: ${problem}` },
    ]),
    ['nothing in particular', () => ({ a: {}, b: [], c: null, d: undefined }), { a: {}, b: [], c: null }],
    ['an instance of a class', () => new Weather(), { celsius: 12 }],
    [
      'a circle',
      () => {
        const circle: { self?: unknown } = {}
        circle.self = circle
        return circle
      },
      { error: expect.stringMatching(/^get_weather returned a value that JSON cannot carry: .*circular.*$/) },
    ],
  ])('G7.2, G8.1: answers a handler that gives %s, with name and id', async (_, handler, response) => {
    const { calls, events } = observe()
    const responses: FunctionResponse[] = []
    const call = only(calls.receive(weather))
    expect(await calls.run(call, handler, (each) => responses.push(each))).toBe('answered')
    expect(responses).toEqual([{ id: 'fc-1', name: 'get_weather', response }])
    expect(events).toEqual(['fc-1 answered'])
  })

  it('gives the handler its arguments, and a signal that stays as it is once its own response is sent', async () => {
    const { calls } = observe()
    const call = only(calls.receive(weather))
    let seen: unknown
    let signal: { readonly aborted: boolean } | undefined
    await calls.run(
      call,
      (args, context) => {
        signal = context.signal
        seen = { args, id: context.id, name: context.name, aborted: context.signal.aborted }
      },
      () => {},
    )
    expect(seen).toEqual({ args: { city: 'Dublin' }, id: 'fc-1', name: 'get_weather', aborted: false })
    // What the handler has begun with it, such as a request that nobody waits for, goes on.
    expect(signal?.aborted).toBe(false)
  })

  it.each<[string, (calls: ToolCallTracker) => void, string]>([
    ['cancelled', (calls) => calls.cancel(['fc-1']), 'get_weather must be pending; got "cancelled"'],
    ['lost', (calls) => calls.lose(), 'get_weather must be pending; got "lost"'],
    ['answered by hand', (calls) => calls.settle('fc-1'), 'get_weather must be pending; got "answered"'],
    ['expired', (calls) => calls.expire('fc-1', 'too late'), 'get_weather must be pending; got "expired"'],
  ])('aborts the signal of a handler whose call is %s', async (_, settle, message) => {
    const { calls } = observe()
    const call = only(calls.receive(weather))
    let signal: HandlerContext['signal'] | undefined
    const running = calls.run(
      call,
      (_args, context) => {
        signal = context.signal
        return new Promise(() => {})
      },
      () => {},
    )
    settle(calls)
    await running
    expect(signal).toMatchObject({ aborted: true, reason: { code: 'call-settled', message } })
  })

  it('G7: sends one response if a call is run twice, even if sending takes time', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    const sent: unknown[] = []
    const socket = deferred<void>()
    const respond = (response: FunctionResponse) => {
      sent.push(response.response)
      return socket.promise
    }
    const running = [1, 2].map((value) => calls.run(call, () => value, respond))
    await settled()
    socket.resolve()
    expect(await Promise.all(running)).toEqual(['answered', 'answered'])
    expect(sent).toEqual([{ output: 1 }])
    expect(events).toEqual(['fc-1 suppressed: answered', 'fc-1 answered'])
  })

  it("G7: suppresses a handler's response while one that was given by hand is being sent", async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    const handler = deferred<object>()
    const sent: object[] = []
    const running = calls.run(
      call,
      () => handler.promise,
      (response) => sent.push(response),
    )
    expect(calls.match([{ id: 'fc-1', response: { by: 'hand' } }]).final).toEqual(['fc-1'])
    handler.resolve({})
    await settled()
    calls.settle('fc-1')
    expect(await running).toBe('answered')
    expect(sent).toEqual([])
    expect(events).toEqual(['fc-1 suppressed: answered', 'fc-1 answered'])
  })

  it('G3: settles a call whose response cannot be sent, and rethrows', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    const running = calls.run(
      call,
      () => 12,
      () => Promise.reject(new Error('socket gone')),
    )
    await expect(running).rejects.toThrow('socket gone')
    expect(events).toEqual(['fc-1 suppressed: lost', 'fc-1 lost'])
  })

  it.each(['taken', 'refused'])(
    'G9: leaves alone a call of the next connection with its id, if its own response is %s only then',
    async (outcome) => {
      const { calls, events } = observe()
      const call = only(calls.receive(weather))
      const socket = deferred<void>()
      const running = calls.run(
        call,
        () => 12,
        () => socket.promise,
      )
      await settled()
      calls.reconnect()
      calls.receive(weather)
      if (outcome === 'taken') socket.resolve()
      else socket.reject(new Error('socket gone'))
      expect(await running.catch(String)).toBe(outcome === 'taken' ? 'lost' : 'Error: socket gone')
      expect(calls.isPending('fc-1')).toBe(true)
      expect(events).toEqual(['fc-1 suppressed: lost', 'fc-1 lost'])
    },
  )

  it.each<[string, (calls: ToolCallTracker) => void, string]>([
    ['cancelled', (calls) => calls.cancel(['fc-1']), 'cancelled'],
    ['lost', (calls) => calls.lose(), 'lost'],
    ['answered by hand', (calls) => calls.settle('fc-1'), 'answered'],
  ])(
    'G7: does not wait for the handler of a call that is %s, and suppresses its late result',
    async (_, settle, as) => {
      const { calls, events } = observe()
      const call = only(calls.receive(weather))
      const work = deferred<number>()
      const responses: FunctionResponse[] = []
      const aborted: unknown[] = []
      const running = calls.run(
        call,
        (_args, { signal }) => {
          aborted.push(signal)
          return work.promise
        },
        (each) => responses.push(each),
      )
      settle(calls)
      expect(await running).toBe(as)
      expect(aborted).toMatchObject([{ aborted: true, reason: { code: 'call-settled' } }])
      work.resolve(12)
      await settled()
      expect(responses).toEqual([])
      expect(events).toEqual([`fc-1 ${as}`, `fc-1 suppressed: ${as}`])
    },
  )

  it.each(Array.from({ length: 10 }, (_, ticks) => ticks))(
    'G7: answers or cancels, never both, when the cancellation comes %i steps into the run',
    async (ticks) => {
      const { calls } = observe()
      const call = only(calls.receive(weather))
      const responses: FunctionResponse[] = []
      const running = calls.run(
        call,
        () => 12,
        (each) => responses.push(each),
      )
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
      calls.cancel(['fc-1'])
      expect([await running, responses.length]).toEqual(
        responses.length === 0 ? ['cancelled', 0] : ['answered', 1],
      )
    },
  )

  it('G3.2, G7.3: answers with an error at the deadline, and suppresses the late result', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    const work = deferred<number>()
    const responses: FunctionResponse[] = []
    const running = calls.run(
      call,
      () => work.promise,
      (each) => responses.push(each),
    )
    calls.expire('fc-1', 'get_weather gave no result within 30 s')
    calls.expire('fc-1', 'twice')
    expect(await running).toBe('expired')
    work.reject(new Error('late'))
    await settled()
    expect(responses).toEqual([
      { id: 'fc-1', name: 'get_weather', response: { error: 'get_weather gave no result within 30 s' } },
    ])
    expect(events).toEqual(['fc-1 expired', 'fc-1 suppressed: expired'])
  })

  it('G7: suppresses the late result of an expired call whose error response waits for its message', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    const work = deferred<number>()
    const signals: { readonly aborted: boolean }[] = []
    const executing = calls.execute(call, (_args, { signal }) => {
      signals.push(signal)
      return work.promise
    })
    calls.expire('fc-1', 'too late')
    expect(signals).toMatchObject([{ aborted: true }])
    expect(await executing).toMatchObject({ response: { error: 'too late' } })
    work.resolve(12)
    await settled()
    expect(events).toEqual(['fc-1 suppressed: expired'])
  })

  it('G7: runs no handler for a call that is settled', async () => {
    const { calls } = observe()
    const call = only(calls.receive(weather))
    calls.cancel(['fc-1'])
    const ran: string[] = []
    expect(
      await calls.run(
        call,
        () => ran.push('handler'),
        () => ran.push('respond'),
      ),
    ).toBe('cancelled')
    expect(ran).toEqual([])
  })

  it('G7: runs no handler for a call that it does not know, and calls it lost', async () => {
    const call = only(observe().calls.receive(weather))
    const { calls, events } = observe()
    const ran: string[] = []
    const running = calls.run(
      call,
      () => ran.push('handler'),
      () => ran.push('respond'),
    )
    expect([await running, ran, events]).toEqual(['lost', [], []])
  })

  it('G9: runs no handler for a call of the connection before, whose id is pending again', async () => {
    const { calls } = observe()
    const message = { functionCalls: [{ id: 'x', name: 'f' }] }
    const stale = only(calls.receive(message))
    calls.reconnect()
    calls.receive(message)
    const run: string[] = []
    expect(await calls.execute(stale, () => run.push('stale'))).toBeUndefined()
    expect([run, calls.isPending('x')]).toEqual([[], true])
  })

  it('G7: suppresses the result that waits for its message when the call is cancelled meanwhile', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    expect(await calls.execute(call, () => 12)).toEqual({
      id: 'fc-1',
      name: 'get_weather',
      response: { output: 12 },
    })
    calls.expire('fc-1', 'too late for a deadline: the result is there')
    calls.cancel(['fc-1'])
    expect(events).toEqual(['fc-1 suppressed: cancelled', 'fc-1 cancelled'])
  })
})

describe('a result', () => {
  it('is read once, however deep it is', async () => {
    let reads = 0
    let result: unknown = { toJSON: () => `read ${++reads} times` }
    for (let depth = 0; depth < 100; depth++) result = depth % 2 ? [result] : { inside: result }
    const { calls } = observe()
    const response = await calls.execute(only(calls.receive(weather)), () => result)
    expect(JSON.stringify(response)).toContain('"read 1 times"')
  })
})

describe('cancel', () => {
  it('G2.2: settles the ids it lists and no others, and ignores unknown ids', () => {
    const { calls, events } = observe()
    calls.receive({
      functionCalls: [
        { id: 'a', name: 'f' },
        { id: 'b', name: 'f' },
      ],
    })
    const { settled: before } = calls.snapshot()
    calls.cancel(['b', 'c', 'b'])
    expect([before.cancelled, calls.snapshot().settled.cancelled]).toEqual([0, 1])
    expect(events).toEqual(['b cancelled'])
    expect(calls.pending.map(({ id }) => id)).toEqual(['a'])
    expect([calls.isPending('a'), calls.isPending('b')]).toEqual([true, false])
  })
})

describe('match', () => {
  const two = {
    functionCalls: [
      { id: 'a', name: 'f' },
      { id: 'b', name: 'g' },
    ],
  }

  it('G8: fills in a missing name, corrects a wrong one, and keeps the other fields of the response', () => {
    const { calls } = observe()
    calls.receive(two)
    expect(
      calls.match([
        { id: 'b', response: { ok: 1 }, willContinue: true },
        { id: 'a', name: 'wrong', response: {} },
      ]),
    ).toEqual({
      responses: [
        { id: 'b', name: 'g', response: { ok: 1 }, willContinue: true },
        { id: 'a', name: 'f', response: {} },
      ],
      sent: ['b', 'a'],
      final: ['a'],
      suppressed: [],
    })
  })

  it('G7.5: suppresses a second response, in the same message and after', () => {
    const { calls, events } = observe()
    calls.receive(two)
    expect(
      calls.match([
        { id: 'a', response: {}, willContinue: true },
        { id: 'a', response: {} },
        { id: 'a', response: {} },
      ]),
    ).toMatchObject({ sent: ['a', 'a'], final: ['a'], suppressed: [{ id: 'a', reason: 'answered' }] })
    calls.settle('a')
    calls.cancel(['b'])
    expect(
      calls.match([
        { id: 'a', response: {} },
        { id: 'b', response: {} },
      ]),
    ).toEqual({
      responses: [],
      sent: [],
      final: [],
      suppressed: [
        { id: 'a', reason: 'answered' },
        { id: 'b', reason: 'cancelled' },
      ],
    })
    expect(events).toEqual([
      'a suppressed: answered',
      'a answered',
      'b cancelled',
      'a suppressed: answered',
      'b suppressed: cancelled',
    ])
  })

  it('G7: suppresses a response by hand while the response of the handler is on its way', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    const sent = deferred<void>()
    const running = calls.run(
      call,
      () => 12,
      () => sent.promise,
    )
    await settled()
    expect(calls.match([{ id: 'fc-1', response: {} }])).toMatchObject({
      sent: [],
      suppressed: [{ id: 'fc-1', reason: 'answered' }],
    })
    sent.resolve()
    expect(await running).toBe('answered')
    expect(events).toEqual(['fc-1 suppressed: answered', 'fc-1 answered'])
  })

  it("G7: reports the handler's response as suppressed if one by hand is sent while it waits", async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    await calls.execute(call, () => 12)
    expect(calls.match([{ id: 'fc-1', response: {} }])).toMatchObject({ sent: ['fc-1'], suppressed: [] })
    expect(events).toEqual([])
    calls.settle('fc-1')
    expect(events).toEqual(['fc-1 suppressed: answered', 'fc-1 answered'])
  })

  it('G7: reports it once, and as lost, if the response by hand cannot be sent', async () => {
    const { calls, events } = observe()
    const call = only(calls.receive(weather))
    await calls.execute(call, () => 12)
    calls.match([{ id: 'fc-1', response: {} }])
    calls.lose(['fc-1'])
    expect(events).toEqual(['fc-1 suppressed: lost', 'fc-1 lost'])
  })

  it('G7: reports nothing as suppressed in a message that is refused', async () => {
    const { calls, events } = observe()
    const [done] = calls.receive(two)
    if (done) await calls.execute(done, () => 12)
    calls.cancel(['b'])
    events.length = 0
    const refused = () =>
      calls.match([
        { id: 'a', response: {} },
        { id: 'b', response: {} },
        { id: 'z', response: {} },
      ])
    expect(refused).toThrow('functionResponses[2].id')
    expect(events).toEqual([])
  })

  it('G7.5: suppresses what a listener answers to a call that the same message answers', () => {
    const again = { id: 'b', response: { by: 'listener' } }
    const told: unknown[] = []
    const calls: ToolCallTracker = new ToolCallTracker({
      onEvent: (event) => {
        if (event.type !== 'response-suppressed' || event.call.id === 'b') return
        told.push(calls.match([again]))
      },
    })
    calls.receive(two)
    calls.cancel(['a'])
    const given = { id: 'b', response: {} }
    expect(calls.match([{ id: 'a', response: {} }, given]).final).toEqual(['b'])
    expect(told).toMatchObject([{ responses: [], suppressed: [{ id: 'b', reason: 'answered' }] }])
  })

  it('G8: gives responses without an id to the calls that came without one, oldest first, by name', () => {
    const { calls } = observe()
    const [first, second, other] = calls.receive({
      functionCalls: [{ name: 'f' }, { name: 'f' }, { name: 'g' }],
    })
    const given = [
      { name: 'g', response: {} },
      { name: 'f', response: { n: 1 } },
      { name: 'f', response: { n: 2 } },
    ]
    const ids = [other?.id, first?.id, second?.id]
    expect(calls.match(given)).toEqual({ responses: given, sent: ids, final: ids, suppressed: [] })
  })

  it('G8: takes an id of null, which JSON may carry for none, as none', () => {
    const { calls } = observe()
    const call = only(calls.receive({ functionCalls: [{ id: null, name: 'f' }] } as never))
    expect(calls.match([{ id: null, name: 'f', response: {} } as never])).toMatchObject({
      responses: [{ name: 'f', response: {} }],
      sent: [call.id],
    })
  })

  it('G8.1: gives a response with neither id nor name to the oldest call that came without an id', () => {
    const { calls } = observe()
    const call = only(calls.receive({ functionCalls: [{ name: 'f' }] }))
    expect(calls.match([{ response: {} }])).toMatchObject({
      responses: [{ name: 'f', response: {} }],
      sent: [call.id],
    })
  })

  it('G7.5: suppresses a late or repeated response without an id: it is for the latest settled call of its name', () => {
    const { calls } = observe()
    const [first, second, other] = calls.receive({
      functionCalls: [{ name: 'f' }, { name: 'f' }, { name: 'g' }],
    })
    const answer = (name: string) => calls.match([{ name, response: {} }])
    calls.settle(first?.id ?? '')
    calls.settle(other?.id ?? '')
    expect(answer('f')).toMatchObject({ sent: [second?.id], suppressed: [] })
    calls.expire(second?.id ?? '', 'too late')
    calls.settle(second?.id ?? '')
    expect([answer('f'), answer('g')]).toMatchObject([
      { sent: [], suppressed: [{ id: second?.id, reason: 'expired' }] },
      { sent: [], suppressed: [{ id: other?.id, reason: 'answered' }] },
    ])
    expect(() => answer('h')).toThrow('functionResponses[0].id must be the id of a call (pending: )')
  })

  it('G8.2: accepts a private id, and keeps it off the wire', () => {
    const { calls } = observe()
    const call = only(calls.receive({ functionCalls: [{ name: 'f' }] }))
    expect(calls.match([{ id: call.id, response: {} }])).toMatchObject({
      responses: [{ name: 'f', response: {} }],
      sent: [call.id],
    })
  })

  it.each<[string, unknown, string, string]>([
    [
      'an id that was never called',
      { id: 'z', response: {} },
      'unknown-call',
      'functionResponses[0].id must be the id of a call (pending: a,b); got "z"',
    ],
    ['no id, where every call has one', { name: 'f', response: {} }, 'unknown-call', 'got "undefined"'],
    ['nothing', undefined, 'unknown-call', 'got "undefined"'],
    [
      'no response',
      { id: 'a' },
      'invalid-response',
      'functionResponses[0].response must be an object; got "Undefined"',
    ],
    ['a response that is a list', { id: 'a', response: [1] }, 'invalid-response', 'got "Array"'],
    ['a response that is a text', { id: 'a', response: 'Anna owes 5' }, 'invalid-response', 'got "String"'],
    [
      'a response of which JSON makes nothing',
      { id: 'a', response: { toJSON: () => undefined } },
      'invalid-response',
      'got "Undefined"',
    ],
    ['a response that is null', { id: 'a', response: null }, 'invalid-response', 'got "Null"'],
    [
      'a response with a BigInt',
      { id: 'a', response: { n: 1n } },
      'invalid-response',
      'got "Do not know how to serialize',
    ],
    [
      'a BigInt beside the response',
      { id: 'a', response: {}, scheduling: 1n },
      'invalid-response',
      'functionResponses[0] must be an object JSON can carry; got "Do not know how to serialize',
    ],
  ])('refuses %s, naming field and value, and the calls stay pending', (_, response, code, message) => {
    const { calls, events } = observe()
    calls.receive(two)
    const refused = () => calls.match([response as FunctionResponse])
    expect(refused).toThrow(message)
    expect(refused).toThrow(expect.objectContaining({ name: LivegateError.name, code }))
    expect(calls.pending.length).toBe(2)
    expect(events).toEqual([])
  })
})

describe('memory', () => {
  it('keeps no more than the last 1000 settled calls', () => {
    const { calls } = observe()
    for (let id = 0; id <= 1001; id++) {
      calls.receive({ functionCalls: [{ id, name: 'f' }] })
      calls.settle(id)
    }
    expect([0, 1, 2, 1001].map((id) => calls.nameOf(id))).toEqual([undefined, undefined, 'f', 'f'])
    expect(calls.snapshot().settled.answered).toBe(1002)
  })
})

describe('a response that was given by hand, while it is being sent', () => {
  it('G7: makes a second one for the same call suppressed', () => {
    const { calls, events } = observe()
    calls.receive(weather)
    const given = { id: 'fc-1', response: {} }
    expect(calls.match([given]).final).toEqual(['fc-1'])
    expect(calls.match([given])).toMatchObject({
      responses: [],
      suppressed: [{ id: 'fc-1', reason: 'answered' }],
    })
    expect(events).toEqual(['fc-1 suppressed: answered'])
  })

  it('leaves a second one without an id to the next call of its name', () => {
    const { calls } = observe()
    const pending = calls.receive({ functionCalls: [{ name: 'f' }, { name: 'f' }] }).map(({ id }) => id)
    const given = { name: 'f', response: {} }
    expect([1, 2, 3].map(() => calls.match([given]).final)).toEqual([[pending[0]], [pending[1]], []])
  })
})

describe('a server that calls without end', () => {
  it('has no more than 1000 calls pending, however many a message has', () => {
    const { calls } = observe()
    const functionCalls = Array.from({ length: 150_000 }, () => ({}))
    expect(calls.receive({ functionCalls })).toHaveLength(1000)
    expect(calls.receive({ functionCalls })).toEqual([])
    calls.lose()
    expect(calls.receive(weather)).toHaveLength(1)
  })
})

describe('a listener that goes on with another connection while a message is taken in', () => {
  it('G9: overwrites no call: what comes twice is reported as repeated', () => {
    const calls: ToolCallTracker = new ToolCallTracker({
      onEvent: (event) => {
        if (event.type !== 'call-repeated' || event.call.epoch > 1) return
        calls.reconnect()
        calls.receive({ functionCalls: [{ id: 'b', name: 'f' }] })
      },
    })
    calls.receive({ functionCalls: [{ id: 'a', name: 'f' }] })
    const ids = ['a', 'b'].map((id) => ({ id, name: 'f' }))
    expect(calls.receive({ functionCalls: ids })).toEqual([])
    calls.cancel(['b'])
    expect(calls.snapshot()).toMatchObject({ pending: [], settled: { lost: 1, cancelled: 1 } })
  })
})

describe('a listener that throws', () => {
  it('G3: stops nothing', () => {
    const calls = new ToolCallTracker({
      onEvent: () => {
        throw new Error('listener')
      },
    })
    calls.receive(weather)
    calls.cancel(['fc-1'])
    expect(calls.snapshot().settled.cancelled).toBe(1)
  })
})
