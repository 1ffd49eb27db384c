import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { EmulatorError, type EmulatorOptions, startEmulator } from '../src/index.ts'
import type { ServerSession } from '../src/server-session.ts'
import { Bench, setup } from './bench.ts'

describe('startEmulator refuses', () => {
  it.each<[unknown, string]>([
    [
      { profile: 'gemini-9' },
      'profile must be "gemini-2.5" or "gemini-3.1" or "gemini-3.8" or "vertex", but is "gemini-9"',
    ],
    [{ audioMessageMs: 0 }, 'audioMessageMs must be more than 0, but is 0'],
    [{ handleLifetimeMs: 2 ** 31 }, 'handleLifetimeMs must be at most 2147483647, but is 2147483648'],
    [
      { connectionLimit: { afterMs: 1, end: 'kill' } },
      'connectionLimit.end must be "close" or "drop", but is "kill"',
    ],
    [{ seed: 0.5 }, 'seed must be a safe integer, but is 0.5'],
    [{ seed: 1e23 }, 'seed must be a safe integer, but is 1e+23'],
    [
      { inputDuringCall: { action: 'close', probability: 2 } },
      'inputDuringCall.probability must be a number from 0 to 1, but is 2',
    ],
    [
      { inputDuringCall: { action: 'cancel', on: 'turn' } },
      'inputDuringCall.afterMs must be a number of 0 or more, but is undefined',
    ],
    [
      { inputDuringCall: { action: 'ignore' } },
      'inputDuringCall.action must be "close" or "cancel" or "accept", but is "ignore"',
    ],
    [{ calls: { ids: 'none' } }, 'calls.ids must be "sent" or "omitted", but is "none"'],
    [{ calls: { endTurn: 'yes' } }, 'calls.endTurn must be true or false, but is "yes"'],
    [
      { script: [{ say: 'a', when: { turn: 'x' } }] },
      'script[0].when.turn must be "speech" or "text", but is "x"',
    ],
    [{ script: [{ say: 'a', heard: '' }] }, 'script[0].heard must be a non-empty text, but is ""'],
    [{ graceMs: -1 }, 'graceMs must be a number of 0 or more, but is -1'],
    [{ graceMs: Number.NaN }, 'graceMs must be a number of 0 or more, but is NaN'],
    [{ setupTimeoutMs: -1 }, 'setupTimeoutMs must be a number of 0 or more, but is -1'],
    [{ toolMs: -1 }, 'toolMs must be a number of 0 or more, but is -1'],
    [{ strict: 1 }, 'strict must be true or false, but is 1'],
    [{ frames: 'mixed' }, 'frames must be "binary" or "text", but is "mixed"'],
    [{ port: 65_536 }, 'port must be an integer from 0 to 65535, but is 65536'],
    [{ port: '80' }, 'port must be an integer from 0 to 65535, but is "80"'],
    [{ host: '' }, 'host must be a host name or address, but is ""'],
    [{ script: [] }, 'script must be a list of one reply or more, but is []'],
    [
      { script: [{ silent: true }, { tell: 'x' }] },
      'script[1] must be an object with one of say, call, silent and fault, but is {"tell":"x"}',
    ],
    [
      { script: [{ say: 'a', silent: true }] },
      'script[0] must be an object with one of say, call, silent and fault, but is {"say":"a","silent":true}',
    ],
    [{ script: [{ say: ' ' }] }, 'script[0].say must be a non-empty text, but is " "'],
    [{ script: [{ call: [] }] }, 'script[0].call must be a list of one call or more, but is []'],
    [{ script: [{ call: [{ name: 'f' }, {}] }] }, 'script[0].call[1].name must be a name, but is undefined'],
    [{ script: [{ call: [{ name: 'f', id: 1 }] }] }, 'script[0].call[0].id must be a string, but is 1'],
    [
      { script: [{ call: [{ name: 'f', args: [] }] }] },
      'script[0].call[0].args must be an object, but is []',
    ],
    [
      { script: [{ call: ['f', 'g'].map((name) => ({ name, id: 'a' })) }] },
      'script[0].call[1].id must be an id that no other call of the list has, but is "a"',
    ],
    [
      { script: [{ call: [{ name: 'f' }], thenSay: '' }] },
      'script[0].thenSay must be a non-empty text, but is ""',
    ],
    [
      { script: [{ call: [{ name: 'f' }], silent: true }] },
      'script[0] must be an object with one of say, call, silent and fault, but is {"call":[{"name":"f"}],"silent":true}',
    ],
    [{ script: [{ call: [{ name: 'f' }], say: '' }] }, 'script[0].say must be a non-empty text, but is ""'],
    [{ script: [{ say: 'a', thought: 1 }] }, 'script[0].thought must be a non-empty text, but is 1'],
    [{ script: [{ silent: false }] }, 'script[0].silent must be true, but is false'],
    [{ script: [null] }, 'script[0] must be an object, but is null'],
    [
      { script: [{ say: 'a', thenSay: 'b' }] },
      'script[0].thenSay is unknown; known fields are say, thought, when, heard',
    ],
    [
      { script: [{ call: [{ name: 'f' }], thenSays: 'b' }] },
      'script[0].thenSays is unknown; known fields are call, say, thought, thenSay, when, heard',
    ],
    [
      { script: [{ call: [{ name: 'f', arguments: {} }] }] },
      'script[0].call[0].arguments is unknown; known fields are name, args, id',
    ],
    [
      { script: [{ silent: true, when: { text: 'rain' } }] },
      'script[0].when.text is unknown; known fields are turn, includes',
    ],
    [
      { script: [{ say: 'a', when: { turn: 'speech', includes: 'rain' } }] },
      'script[0].when.turn must be "text" beside includes, because speech has no text, but is "speech"',
    ],
    [
      { script: [{ fault: 'latency', ms: 1, jitter: 1 }] },
      'script[0].jitter is unknown; known fields are fault, ms, jitterMs, when, heard',
    ],
    [
      { calls: { id: 'omitted' } },
      'calls.id is unknown; known fields are delivery, ids, unknownId, answered, endTurn',
    ],
    [
      { connectionLimit: { afterMs: 1, goAway: 5 } },
      'connectionLimit.goAway is unknown; known fields are afterMs, goAwayMs, end',
    ],
    [
      { inputDuringCall: { action: 'accept', afterMs: 5 } },
      'inputDuringCall.afterMs is unknown; known fields are action',
    ],
    [
      { inputDuringCall: { action: 'close', probability: 1, on: 'turn' } },
      'inputDuringCall.on is unknown; known fields are action, probability',
    ],
    [{ connectionLimit: null }, 'connectionLimit must be an object, but is null'],
    [{ connectionLimit: 600 }, 'connectionLimit must be an object, but is 600'],
    [{ inputDuringCall: null }, 'inputDuringCall must be an object, but is null'],
    [{ inputDuringCall: 'close' }, 'inputDuringCall must be an object, but is "close"'],
    [{ calls: null }, 'calls must be an object, but is null'],
    [{ calls: 'twice' }, 'calls must be an object, but is "twice"'],
    [{ onEntry: 'print' }, 'onEntry must be a function, but is "print"'],
    [{ clock: { now: 1 } }, 'clock.now must be a function, but is 1'],
    [{ clock: { now: () => 0 } }, 'clock.setTimer must be a function, but is undefined'],
    [{ clock: null }, 'clock must be an object, but is null'],
    [
      { scripts: [{ say: 'a' }] },
      'options.scripts is unknown; known fields are profile, inputDuringCall, calls, audioMessageMs, seed, port, host, tls, graceMs, strict, setupTimeoutMs, connectionLimit, handleLifetimeMs, control, toolMs, frames, script, onEntry, clock',
    ],
    [8787, 'options must be an object, but is 8787'],
    [null, 'options must be an object, but is null'],
  ])('%j', async (options, message) => {
    await expect(startEmulator(options as EmulatorOptions)).rejects.toMatchObject({
      name: 'EmulatorError',
      code: 'invalid-option',
      message,
    })
  })

  it('a long value, of which it shows the beginning', async () => {
    const script = [{ say: ['x'.repeat(1000)] }] as unknown as EmulatorOptions['script']
    await expect(startEmulator({ script: script ?? [] })).rejects.toMatchObject({
      message: `script[0].say must be a non-empty text, but is ["${'x'.repeat(198)}…`,
    })
  })

  it('a port that is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    await expect(startEmulator({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: `port ${port} of 127.0.0.1 is in use`,
    })
    other.close()
  })

  it('a host that is not on this machine', async () => {
    await expect(startEmulator({ host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'listen-failed',
      message: expect.stringContaining('203.0.113.1'),
      cause: expect.any(Error),
    })
  })
})

it('starts on a port of its own in each worker of a cluster, where a server shares its port unless told not to', async () => {
  const file = fileURLToPath(new URL('fixtures/in-cluster.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  expect(JSON.parse(stdout)).toEqual({ shared: false })
}, 60_000)

describe('EmulatorError', () => {
  it('is recognised when it comes from another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('@livegate/emulator/EmulatorError')]: true })
    expect(
      [new EmulatorError('invalid-option', 'x'), foreign, new Error('x'), null].map(EmulatorError.isInstance),
    ).toEqual([true, true, false, false])
  })
})

describe('the methods of a session', () => {
  const refusal = (act: () => unknown) => {
    try {
      act()
    } catch (error) {
      return EmulatorError.isInstance(error) ? `${error.code}: ${error.message}` : error
    }
    return undefined
  }
  const acts = (session: ServerSession): readonly (() => unknown)[] => [
    () => session.callTools([{ name: 'f' }]),
    () => session.cancelCalls(['x']),
    () => session.sendText('{'),
    () => session.close(1000, ''),
    () => session.drop(),
  ]

  it('can send only after the setup', () => {
    const { session } = new Bench()
    expect(acts(session).slice(0, 2).map(refusal)).toEqual(
      Array(2).fill('session-not-open: the session has no setup yet'),
    )
  })

  it('do nothing after the end', () => {
    const bench = new Bench().send(setup())
    bench.session.disconnected(1005, '')
    const ended = 'session-not-open: the session has ended'
    expect(acts(bench.session).map(refusal)).toEqual([ended, ended, ended, undefined, undefined])
    expect(bench.seen()).toEqual(['0 setupComplete'])
    expect(bench.session.closed).toEqual({ code: 1005, reason: '', by: 'client' })
  })

  it.each<[string, (session: ServerSession) => unknown, string]>([
    [
      'no time',
      (session) => session.goAway(Number.NaN),
      'timeLeftMs must be a number of milliseconds, but is NaN',
    ],
    [
      'a negative time',
      (session) => session.goAway(-1),
      'timeLeftMs must be a number of milliseconds, but is -1',
    ],
    [
      'a duration as the wire has it',
      (session) => session.goAway('50s' as unknown as number),
      'timeLeftMs must be a number of milliseconds, but is "50s"',
    ],
    [
      'an id that is no list',
      (session) => session.cancelCalls('x' as unknown as string[]),
      'ids must be a list of ids, but is "x"',
    ],
    [
      'an id that is none',
      (session) => session.cancelCalls([1] as unknown as string[]),
      'ids must be a list of ids, but is [1]',
    ],
  ])('send nothing when given %s', (_case, act, message) => {
    const bench = new Bench().send(setup())
    expect(refusal(() => act(bench.session))).toBe(`invalid-option: ${message}`)
    expect(bench.seen()).toEqual(['0 setupComplete'])
  })

  it('refuse what no frame can carry, and calls without a name', () => {
    const loop: Record<string, unknown> = {}
    loop.again = loop
    const bench = new Bench().send(setup())
    const { session } = bench
    expect(
      [
        () => session.close(1006, ''),
        () => session.close(1000, 'é'.repeat(62)),
        () => session.callTools([{ name: '' }]),
        () => session.callTools([{ name: 'f', args: loop }]),
        () => session.callTools([{ name: 'f', args: { at: 1n } }]),
      ].map(refusal),
    ).toEqual([
      'invalid-option: code must be a close code that a frame can carry, but is 1006',
      expect.stringContaining('invalid-option: reason must be a text of at most 123 bytes'),
      'invalid-option: calls[0].name must be a name, but is ""',
      'invalid-option: calls[0].args must be an object that JSON can carry, but is [object Object]',
      'invalid-option: calls[0].args must be an object that JSON can carry, but is [object Object]',
    ])
    session.sendText('{"broken')
    session.close(1011, 'Internal error occurred.')
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 raw {"broken',
      '0 close 1011 Internal error occurred.',
    ])
  })
})
