import { describe, expect, it } from 'vitest'
import { type ArchivedSession, SessionArchive } from '../src/session-archive.ts'
import {
  activityEnd,
  activityStart,
  answer,
  audio,
  Bench,
  manualMode,
  setup,
  silence,
  text,
} from './bench.ts'

/** A session reduced to its size. */
class Sized implements ArchivedSession {
  readonly name: string
  keptBytes: number
  closed: object | undefined

  constructor(name: string, keptBytes: number, closed: boolean) {
    this.name = name
    this.keptBytes = keptBytes
    this.closed = closed ? {} : undefined
  }

  forgetHalf(): void {
    this.keptBytes = Math.floor(this.keptBytes / 2)
  }
}

describe('SessionArchive', () => {
  const [open, ended] = [false, true]

  it.each<[string, readonly [number, boolean][], readonly string[]]>([
    [
      'all that fits',
      [
        [50, ended],
        [50, open],
      ],
      ['a 50', 'b 50'],
    ],
    [
      'not the oldest that ended, down to nine tenths',
      [
        [5, open],
        [6, ended],
        [5, ended],
        [79, ended],
        [6, open],
      ],
      ['a 5', 'd 79', 'e 6'],
    ],
    [
      'of open ones that are too long what came last, the longest first',
      [
        [60, open],
        [10, ended],
        [41, open],
      ],
      ['a 30', 'c 41'],
    ],
    [
      'no more of open ones than is needed',
      [
        [100, open],
        [60, open],
      ],
      ['a 50', 'b 30'],
    ],
    ['of the newest the second half at least', [[101, ended]], ['a 50']],
  ])('keeps %s', (_case, sizes, kept) => {
    const archive = new SessionArchive<Sized>(100)
    for (const [index, [bytes, isClosed]] of sizes.entries())
      archive.add(new Sized('abcdefgh'.charAt(index), bytes, isClosed))
    expect(archive.sessions.map(({ name, keptBytes }) => `${name} ${keptBytes}`)).toEqual(kept)
  })

  it('does not fail when there is nothing to drop', () => {
    const archive = new SessionArchive<Sized>(100)
    const session = new Sized('a', 0, open)
    archive.add(session)
    archive.grew(101)
    expect(archive.sessions).toEqual([session])
  })
})

describe('what a session keeps', () => {
  it('grows with the messages received, and with each entry', () => {
    let grown = 0
    const bench = new Bench({ script: [{ silent: true }] }).send(setup())
    const before = bench.session.keptBytes
    for (const message of [text('x'.repeat(1000)), audio(silence(20))]) {
      grown += 300 + JSON.stringify(message).length
      bench.send(message)
    }
    bench.session.sendText('[]')
    expect(bench.session.keptBytes - before).toBe(grown + 302)
  })
})

describe('a log that lost its first half', () => {
  it('says what was dropped, and keeps later entries and all counts', () => {
    const script = [{ call: [{ name: 'get_weather' }] }]
    const bench = new Bench({ script }).send(setup(manualMode)).wait(10)
    const { session } = bench
    const keptBytes = session.keptBytes
    for (const id of ['function-call-1', 'function-call-2'])
      bench
        .send(activityStart, audio(silence(20)), activityEnd)
        .wait(10)
        .send(answer(id))
        .wait(5000)
    const whole = {
      log: [...session.log],
      signals: [...session.receivedSignals()],
      turns: session.turns,
      responses: [...session.toolResponses],
    }
    const firstKept = whole.log.length / 2
    expect(whole.log[firstKept]).toMatchObject({ atMs: 2543.875, message: { type: 'turnComplete' } })

    session.forgetHalf()

    expect({
      log: session.log,
      forgotten: session.forgotten,
      signals: session.receivedSignals(),
      turns: session.turns,
      responses: session.toolResponses,
      samples: session.receivedAudio().length,
      brackets: session.brackets,
      setup: session.setup,
    }).toEqual({
      log: whole.log.slice(firstKept),
      forgotten: { entries: firstKept, samples: 320 },
      signals: whole.signals.slice(2),
      turns: whole.turns.slice(1),
      responses: whole.responses.slice(1),
      samples: 320,
      brackets: { starts: 2, ends: 2, open: false, balanced: true },
      setup: (setup(manualMode) as { setup: object }).setup,
    })
    expect(session.turns).toMatchObject([{ firstSample: 320, samples: 320 }])
    for (let rest = session.log.length; rest > 0; rest = session.log.length) session.forgetHalf()
    expect([session.keptBytes < keptBytes, session.log, session.receivedAudio()]).toEqual([
      true,
      [],
      new Int16Array(0),
    ])
    expect(session.forgotten).toEqual({ entries: whole.log.length, samples: 640 })
  })

  it('keeps an open turn, whenever it began', () => {
    const { session, clock } = new Bench().send(setup(manualMode), activityStart)
    clock.advance(10)
    session.sendText('{}')
    for (let rest = session.log.length; rest > 0; rest = session.log.length) session.forgetHalf()
    clock.advance(10)
    session.sendText('{}')
    session.forgetHalf()
    expect([session.receivedSignals(), session.turns]).toEqual([
      [],
      [{ source: 'brackets', startMs: 0, endMs: undefined, firstSample: 0, samples: 0 }],
    ])
  })
})
