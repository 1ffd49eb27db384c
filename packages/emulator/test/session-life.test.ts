import { describe, expect, it } from 'vitest'
import { HandleStore } from '../src/handle-store.ts'
import { EmulatorError } from '../src/index.ts'
import { answer, Bench, setup, text } from './bench.ts'

const first = '00000000-0000-4000-8000-000000000001'
const update = (atMs: number, newHandle: string, more: object = {}) => {
  const resumable = newHandle === '' ? {} : { newHandle, resumable: true }
  return `${atMs} ${JSON.stringify({ sessionResumptionUpdate: { ...resumable, ...more } })}`
}
const withHandles = setup({ sessionResumption: {} })
const resumed = (handle: string) => setup({ sessionResumption: { handle } })

describe('resumption handles', () => {
  it('come soon after the setup and after each turn, but not during a turn', () => {
    const bench = new Bench().send(withHandles).wait(99)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    expect(bench.wait(901).seen()).toEqual([update(100, first)])
    bench.send(text('Hello'))
    expect(bench.seen()).toEqual([
      '1000 toolCall function-call-1 get_weather({"city":"Dublin"})',
      update(1000, ''),
    ])
    bench.send(answer('function-call-1')).wait(5000)
    expect(bench.seen().slice(-2)).toEqual([
      '3523.875 turnComplete',
      update(3523.875, '00000000-0000-4000-8000-000000000002'),
    ])
  })

  it('are withdrawn by calls of a test, and come again after their cancellation', () => {
    const bench = new Bench().send(withHandles).wait(100)
    bench.seen()
    bench.session.cancelCalls(bench.session.callTools([{ name: 'get_weather' }]))
    expect(bench.seen().filter((line) => line.includes('Update'))).toEqual([update(100, '')])
    bench.wait(10_000).session.callTools([{ name: 'get_weather' }])
    expect(bench.seen().filter((line) => line.includes('Update'))).toEqual([
      update(2623.875, '00000000-0000-4000-8000-000000000002'),
      update(10_100, ''),
    ])
  })

  it('come even if the model stays silent for ever, as was reported of unusable handles', () => {
    const bench = new Bench({ script: [{ call: [{ name: 'f' }] }], calls: { answered: 'ignored' } })
    bench.send(withHandles).wait(100).send(text('a'), text('b')).wait(1000)
    bench.seen()
    expect(bench.send(answer('function-call-1')).seen()).toEqual([
      update(1100, '00000000-0000-4000-8000-000000000002'),
    ])
  })

  it('come again when a turn of the user has cancelled a call', () => {
    const bench = new Bench({ profile: 'gemini-3.1', script: [{ call: [{ name: 'f' }] }, { silent: true }] })
    bench.send(withHandles).wait(100).send(text('Hello')).wait(100).send(text('And?')).wait(1499)
    bench.seen()
    expect(bench.wait(1).seen().at(-1)).toBe(update(1700, '00000000-0000-4000-8000-000000000002'))
  })

  it('wait for the end of a turn that began before the first handle was due', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(withHandles, text('Hello')).wait(1000)
    expect(bench.seen().filter((line) => line.includes('Resumption'))).toEqual([update(157.75, first)])
  })

  it.each([
    ['gemini-2.5', 0],
    ['gemini-3.1', 1],
    ['gemini-3.8', 1],
    ['vertex', 0],
  ] as const)('come unasked from %s: %d', (profile, count) => {
    const bench = new Bench({ profile }).send(setup()).wait(1000)
    expect(bench.seen().slice(1)).toHaveLength(count)
  })

  it('that come unasked are never empty ones: no update comes while the model speaks', () => {
    const bench = new Bench({ profile: 'gemini-3.1', script: [{ say: 'Hm.' }] }).send(setup()).wait(200)
    bench.send(text('Hello')).wait(1000)
    const updates = bench.frames.flatMap((frame) => {
      const { sessionResumptionUpdate } = JSON.parse(frame)
      return sessionResumptionUpdate === undefined ? [] : [sessionResumptionUpdate.resumable]
    })
    expect(updates).toEqual([true, true])
  })

  it('resume the script and the usage, on a connection with the next epoch', () => {
    const before = new Bench().send(withHandles, text('Hello'), answer('function-call-1')).wait(5000)
    before.session.disconnected(1006, '')
    const bench = before.connectAgain().send(resumed(first), text('Hi')).wait(5000)
    expect([before.session.epoch, bench.session.epoch]).toEqual([1, 2])
    expect(bench.session.log[1]).toEqual({ kind: 'resumed', atMs: 0, epoch: 2 })
    expect(bench.seen().slice(0, 2)).toEqual(['5000 setupComplete', '5000 audio: 14 messages, 31260 samples'])
    const usages = bench.session.log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'turnComplete' ? [entry.message.usage.prompt] : [],
    )
    expect(usages).toEqual([{ AUDIO: 0, TEXT: 2 }])
  })

  it('of an earlier turn resume the state of that time', () => {
    const before = new Bench().send(withHandles).wait(100).send(text('Hello'))
    before.session.disconnected(1006, '')
    const bench = before.connectAgain().send(resumed(first), text('Hi'))
    expect(bench.seen()).toEqual([
      '100 setupComplete',
      '100 toolCall function-call-2 get_weather({"city":"Dublin"})',
    ])
    bench.send(answer('function-call-1')).wait(5000)
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['unknown'])
    expect(bench.seen().slice(1)).toEqual([])
  })

  it('belong to one session, however often it is resumed, and leave no timer behind', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(withHandles).wait(100)
    bench.session.disconnected(1006, '')
    const second = bench.connectAgain().send(resumed(first)).wait(100)
    second.session.disconnected(1006, '')
    const third = second.connectAgain().send(resumed('00000000-0000-4000-8000-000000000002'))
    const late = third.connectAgain().send(resumed(first))
    expect([third.session.epoch, late.seen()]).toEqual([3, ['200 close 1011 Internal error occurred.']])
    third.session.disconnected(1006, '')
    expect(third.clock.pendingTimers).toBe(0)
  })

  it('are refused while the old connection is open', () => {
    const before = new Bench().send(withHandles).wait(100)
    const bench = before.connectAgain().send(resumed(first))
    const refused = ['100 close 1011 Internal error occurred.']
    expect(bench.seen()).toEqual(refused)
    expect(bench.session.log.at(-2)).toMatchObject({ reason: 'the session to resume is still open' })
    expect(before.session.closed).toBeUndefined()
    before.session.disconnected(1000, '')
    expect(before.connectAgain().send(resumed(first)).seen()).toEqual(['100 setupComplete'])
    expect(before.connectAgain().send(resumed(first)).seen()).toEqual(refused)
  })

  it('come again when the last call is cancelled, even if the model then says nothing', () => {
    const script = [{ call: [{ name: 'get_weather' }, { name: 'get_time' }] }]
    const bench = new Bench({ profile: 'vertex', script, calls: { answered: 'ignored' } })
    bench.send(withHandles).wait(100).send(text('Hello'))
    const [answered = '', cancelled = ''] = bench.frames.join().match(/(?<="id": ").+(?=")/g) ?? []
    bench.send(answer(answered)).seen()
    bench.session.cancelCalls([cancelled])
    expect(bench.seen().map((line) => line.replace(/^100 (\{")?/, '').split(/\W/)[0])).toEqual([
      'toolCallCancellation',
      'sessionResumptionUpdate',
    ])
  })

  it.each([
    ['in time', 1000, '1100 setupComplete'],
    ['too late', 1001, '1101 close 1008 BidiGenerateContent session not found'],
  ])('expire: %s', (_case, delayMs, line) => {
    const before = new Bench({ handleLifetimeMs: 1000 }).send(withHandles).wait(100)
    before.session.drop()
    before.wait(delayMs)
    expect(before.connectAgain().send(resumed(first)).seen()).toEqual([line])
  })

  it('that expired are dropped when another is issued', () => {
    const memory = { usedReplies: [], heard: { seconds: 0, characters: 0, pictures: 0 } }
    const store = new HandleStore(1000)
    store.issue('old', memory, { epoch: 1, endedAtMs: 0 }, 0)
    store.issue('open', memory, { epoch: 1, endedAtMs: undefined }, 1000)
    expect(store.resume('old', 1001)).toEqual({ outcome: 'expired' })
    store.issue('new', memory, { epoch: 1, endedAtMs: undefined }, 1001)
    expect(store.resume('old', 1001)).toEqual({ outcome: 'unknown' })
    expect(store.resume('open', 1001)).toEqual({ outcome: 'still-open' })
  })

  it('are limited in number: the oldest is dropped first, expired or not', () => {
    const memory = { usedReplies: [], heard: { seconds: 0, characters: 0, pictures: 0 } }
    const lineage = { epoch: 1, endedAtMs: undefined }
    const store = new HandleStore(1000)
    for (let number = 0; number <= 100_000; number++) store.issue(`${number}`, memory, lineage, 0)
    expect(['0', '1', '100000'].map((handle) => store.resume(handle, 0).outcome)).toEqual([
      'unknown',
      'still-open',
      'still-open',
    ])
  })

  it('that were never issued are refused', () => {
    const bench = new Bench().send(resumed('other'))
    expect(bench.seen()).toEqual(['0 close 1008 BidiGenerateContent session not found'])
    expect(bench.session.log.at(-2)).toMatchObject({
      kind: 'violation',
      reason: 'the resumption handle is unknown',
    })
  })

  it('come with the index of the last consumed message in transparent mode', () => {
    const transparent = setup({ sessionResumption: { transparent: true } })
    const bench = new Bench({ profile: 'vertex', script: [{ silent: true }] })
    bench.send(transparent, text('a'), text('b')).wait(1000)
    expect(bench.seen().at(-1)).toBe(
      update(100, '00000000-0000-4000-8000-000000000002', { lastConsumedClientMessageIndex: '2' }),
    )
    const quiet = new Bench({ profile: 'vertex' }).send(transparent).wait(100)
    expect(quiet.seen().at(-1)).toBe(update(100, '00000000-0000-4000-8000-000000000002'))
    expect(new Bench().send(transparent).seen()).toEqual([
      '0 close 1007 Request contains an invalid argument.',
    ])
  })
})

describe('a connection', () => {
  const expired = 'close 1011 Deadline expired before operation could complete.'
  const overstayed =
    'close 1008 Connection aborted because the client failed to close the connection after receiving a GoAway signal once the session durat'

  it.each([
    ['is announced and closed', {}, ['10000 {"goAway":{"timeLeft":"50s"}}', `60000 ${overstayed}`]],
    ['is closed without a word', { goAwayMs: 0 }, [`60000 ${expired}`]],
    ['is dropped without a word', { goAwayMs: 0, end: 'drop' }, ['60000 drop']],
    [
      'is announced when it begins',
      { goAwayMs: 90_000 },
      ['0 {"goAway":{"timeLeft":"60s"}}', `60000 ${overstayed}`],
    ],
  ] as const)('at its limit: the end %s', (_case, limit, lines) => {
    const bench = new Bench({ connectionLimit: { afterMs: 60_000, ...limit } }).send(setup()).wait(70_000)
    expect(bench.seen().slice(1)).toEqual(lines)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('gets an overdue goAway after the setup, with the time that is left', () => {
    const bench = new Bench({ connectionLimit: { afterMs: 10_000 } }).wait(2500).send(setup()).wait(9000)
    expect(bench.seen()).toEqual([
      '2500 setupComplete',
      '2500 {"goAway":{"timeLeft":"7.500s"}}',
      `10000 ${overstayed}`,
    ])
  })

  it('gets a goAway from a test', () => {
    const bench = new Bench()
    expect(() => bench.session.goAway(3000)).toThrow(EmulatorError)
    const { session } = bench.send(setup())
    for (const timeLeftMs of [3000, 10_000, 1000 / 3, 0.000_001, 0]) session.goAway(timeLeftMs)
    expect(bench.seen().slice(1)).toEqual([
      '0 {"goAway":{"timeLeft":"3s"}}',
      '0 {"goAway":{"timeLeft":"10s"}}',
      '0 {"goAway":{"timeLeft":"0.333333333s"}}',
      '0 {"goAway":{"timeLeft":"0.000000001s"}}',
      '0 {"goAway":{"timeLeft":"0s"}}',
    ])
  })

  it('has a log with its own time, and no entry after its end', () => {
    const { session } = new Bench().wait(1000).connectAgain().send(setup())
    session.disconnected(1000, '')
    session.failed(new Error('late'))
    expect(session.log.map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['received', 0],
      ['sent', 0],
      ['close', 0],
    ])
  })

  it('that ends leaves no timer behind', () => {
    const bench = new Bench({ profile: 'gemini-3.1', connectionLimit: { afterMs: 60_000 } }).send(
      setup(),
      text('Hello'),
    )
    bench.wait(1000).send(text('Hello?'))
    bench.session.disconnected(1000, '')
    expect(bench.clock.pendingTimers).toBe(0)
  })
})
