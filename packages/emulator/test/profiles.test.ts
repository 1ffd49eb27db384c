import { describe, expect, it } from 'vitest'
import type { ProfileName } from '../src/index.ts'
import {
  activityEnd,
  activityStart,
  answer,
  audio,
  audioStreamEnd,
  Bench,
  manualMode,
  setup,
  silence,
  text,
  tone,
} from './bench.ts'

const script = [{ call: [{ name: 'get_weather' }], thenSay: 'Hm.' }] as const
const declared = (behavior: string) => ({
  tools: [{ functionDeclarations: [{ name: 'get_weather', behavior }] }],
})
const cancelAtOnce = { action: 'cancel', on: 'input', afterMs: 0 } as const
const unimplemented = 'close 1008 Operation is not implemented, or supported, or enabled.'

/** Frames as compact JSON, without audio data and token counts. Consecutive equal frames are one. */
function framesIn(bench: Bench): readonly string[] {
  const lines = bench.frames.splice(0).map((frame) =>
    JSON.stringify(JSON.parse(frame), (key, value) => {
      if (key === 'data') return '…'
      return key === 'usageMetadata' ? Object.keys(value).slice(0, 2).join() : value
    }),
  )
  return lines.filter((line, index) => line !== lines[index - 1])
}

describe('the frames of a round with a tool', () => {
  const modelTurn = (mimeType: string, more = '') =>
    `"modelTurn":{${more}"parts":[{"inlineData":{"mimeType":"${mimeType}","data":"…"}}]}`
  const call = (id: string) =>
    `{"toolCall":{"functionCalls":[{"name":"get_weather","args":{},"id":"${id}"}]}}`
  const audioWithTranscript = `{"serverContent":{${modelTurn('audio/pcm;rate=24000')},"outputTranscription":{"text":"Hm."}}}`
  const audioAlone = `{"serverContent":{${modelTurn('audio/pcm;rate=24000')}}}`
  const generationComplete = '{"serverContent":{"generationComplete":true}}'
  const usage = '"usageMetadata":"promptTokenCount,responseTokenCount"'
  const vertexEnd = (usageMetadata: string) =>
    `{"serverContent":{"turnComplete":true,"groundingMetadata":{}},${usageMetadata}}`

  it.each([
    [
      'gemini-2.5',
      {},
      [
        '{"setupComplete":{}}',
        call('function-call-1'),
        '{"serverContent":{"outputTranscription":{"text":"Hm."}}}',
        audioAlone,
        generationComplete,
        `{"serverContent":{"turnComplete":true},${usage}}`,
      ],
    ],
    [
      'gemini-3.1',
      {},
      [
        '{"setupComplete":{}}',
        '{"serverContent":{}}',
        call('fc_1'),
        '{"serverContent":{}}',
        audioWithTranscript,
        audioAlone,
        generationComplete,
        `{"serverContent":{"turnComplete":true},${usage}}`,
      ],
    ],
    [
      'gemini-3.8',
      declared('BLOCKING'),
      [
        '{"setupComplete":{}}',
        '{"serverContent":{}}',
        call('fc_1'),
        '{"serverContent":{}}',
        '{}',
        audioWithTranscript.replace('"parts"', '"role":"model","parts"'),
        '{}',
        audioAlone.replace('"parts"', '"role":"model","parts"'),
        generationComplete,
        `{"serverContent":{"turnComplete":true},${usage}}`,
      ],
    ],
    [
      'vertex',
      {},
      [
        '{"setupComplete":{"sessionId":"00000000-0000-4000-8000-000000000001"}}',
        '{"serverContent":{"outputTranscription":{}}}',
        call('00000000-0000-4000-8000-000000000002'),
        '{"serverContent":{"outputTranscription":{"finished":true}}}',
        generationComplete,
        vertexEnd(usage.replace('response', 'candidates')),
        '{"serverContent":{"outputTranscription":{}}}',
        '{"serverContent":{"outputTranscription":{"text":"Hm."}}}',
        '{"serverContent":{"outputTranscription":{"finished":true}}}',
        `{"serverContent":{${modelTurn('audio/pcm', '"role":"model",')}}}`,
        generationComplete,
        vertexEnd(usage.replace('response', 'candidates')),
      ],
    ],
    [
      'vertex',
      { outputAudioTranscription: null },
      [
        '{"setupComplete":{"sessionId":"00000000-0000-4000-8000-000000000001"}}',
        call('00000000-0000-4000-8000-000000000002'),
        generationComplete,
        vertexEnd(usage.replace('response', 'candidates')),
        `{"serverContent":{${modelTurn('audio/pcm', '"role":"model",')}}}`,
        generationComplete,
        vertexEnd(usage.replace('response', 'candidates')),
      ],
    ],
  ] as const)('%s with %j', (profile, more, frames) => {
    const bench = new Bench({ profile, script }).send(
      setup({ outputAudioTranscription: {}, ...more }),
      text('Hello'),
    )
    const { toolResponses } = bench.session
    const id = /"id": "(.+)"/.exec(bench.frames.join())?.[1] ?? ''
    bench.send(answer(id)).wait(1000)
    expect(toolResponses.map(({ idWas }) => idWas)).toEqual(['pending'])
    expect(framesIn(bench).filter((frame) => !frame.includes('sessionResumptionUpdate'))).toEqual(frames)
  })

  it.each([
    ['gemini-3.8', 'models/gemini-3.8-live', ''],
    ['gemini-3.8', 'models/gemini-3.8-live-extended-thinking', ',"interactionStatus":"IN_PROGRESS"'],
    ['vertex', 'publishers/google/models/gemini-3.8-live-extended-thinking', ',"groundingMetadata":{}'],
  ] as const)('tell on %s with %s whether a call is still pending: "%s"', (profile, model, status) => {
    const thinking = model.endsWith('-thinking')
      ? { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } }
      : {}
    const bench = new Bench({ profile, script }).send(setup({ model, ...thinking }), text('Hello'))
    const counts = profile === 'vertex' ? usage.replace('response', 'candidates') : usage
    expect(framesIn(bench).at(-1)).toBe(`{"serverContent":{"turnComplete":true${status}},${counts}}`)
  })
})

describe('whether a call blocks:', () => {
  it.each([
    ['gemini-2.5', 'UNSPECIFIED', true],
    ['gemini-2.5', 'NON_BLOCKING', false],
    ['gemini-3.1', 'NON_BLOCKING', true],
    ['gemini-3.8', 'UNSPECIFIED', false],
    ['gemini-3.8', 'BLOCKING', true],
    ['vertex', 'UNSPECIFIED', false],
    ['vertex', 'BLOCKING', true],
  ] as const)('%s with %s: %s', (profile, behavior, blocks) => {
    const bench = new Bench({ profile, script, graceMs: 0 })
    bench.send(setup(declared(behavior)), text('Hello'), audio(silence(20)))
    const { grace, violations, accepted = 0 } = bench.session.inputsDuringWindow
    expect(grace + violations + accepted).toBe(blocks ? 1 : 0)
  })
})

describe('input during a blocking call', () => {
  const next = [...script, { say: 'Yes?' }] as const

  it('on 3.1 has no effect if it is silence; a turn cancels the call after 1.5 s and is answered', () => {
    const bench = new Bench({ profile: 'gemini-3.1', script: next }).send(setup(), text('Hello')).wait(1000)
    bench.send(audio(silence(1000))).wait(5000)
    bench.seen()
    bench.send(audio(tone(300)), audio(silence(500))).wait(1499)
    expect(bench.seen().filter((line) => !line.includes('voiceActivity'))).toEqual([])
    bench.wait(1)
    expect(bench.seen().slice(0, 4)).toEqual([
      '7500 interrupted',
      '7500 toolCallCancellation fc_1',
      '7500 turnComplete',
      '7500 {"serverContent":{}}',
    ])
    bench.send(answer('fc_1'))
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['cancelled'])
    expect(bench.session.inputsDuringWindow).toEqual({ grace: 0, violations: 0, accepted: 3 })
  })

  it('on 3.1 does not cancel a call that is answered in time', () => {
    const bench = new Bench({ profile: 'gemini-3.1', script: next }).send(setup(), text('Hello')).wait(1000)
    bench.send(text('And?')).wait(1000).send(answer('fc_1')).wait(20_000)
    expect(bench.seen().filter((line) => /interrupted|Cancellation/.test(line))).toEqual([])
  })

  it.each([
    ['text within the grace time', 49, text('And?'), false],
    ['text after it', 50, text('And?'), true],
    [
      'client content',
      50,
      { clientContent: { turns: [{ parts: [{ text: 'And?' }] }], turnComplete: true } },
      true,
    ],
    ['client content that goes on', 50, { clientContent: { turns: [{ parts: [{ text: 'And?' }] }] } }, false],
  ])('on 3.1 is a turn of the user: %s', (_case, afterMs, message, cancels) => {
    const bench = new Bench({ profile: 'gemini-3.1', script: next })
      .send(setup(), text('Hello'))
      .wait(afterMs)
    bench.send(message).wait(2000)
    expect(bench.seen().some((line) => line.includes('toolCallCancellation'))).toBe(cancels)
  })

  it.each<[string, object, object, readonly string[]]>([
    ['ends in it', audio(silence(500)), audio(silence(100)), []],
    ['goes on', audio(tone(20)), audio(tone(20)), ['1560 toolCallCancellation fc_1']],
  ])('on 3.1 is a turn of the user that begins within the grace time and %s', (_, within, behind, seen) => {
    const bench = new Bench({ profile: 'gemini-3.1', script: next }).send(setup(), text('Hello')).wait(20)
    bench
      .send(audio(tone(100)), within)
      .wait(40)
      .send(behind)
      .wait(2000)
    expect(bench.seen().filter((line) => line.includes('Cancellation'))).toEqual(seen)
  })

  it('on 3.1 may cancel the call of each window, however long the session has lasted', () => {
    const bench = new Bench({
      profile: 'gemini-3.1',
      script: [...script, { silent: true }, ...script, { silent: true }],
    })
    bench.send(setup()).wait(1000)
    const cancelled = () => bench.seen().filter((line) => line.includes('Cancellation'))
    bench.send(text('a')).wait(20).send(text('b')).wait(2000)
    expect(cancelled()).toEqual([])
    bench.send(text('b')).wait(2000).send(text('c')).wait(100).send(text('d')).wait(2000)
    expect(cancelled()).toEqual(['4520 toolCallCancellation fc_1', '6520 toolCallCancellation fc_2'])
  })

  it('on 3.1 cancels the remaining calls of a window that was partly answered', () => {
    const both = { call: [{ name: 'f' }, { name: 'g' }] }
    const bench = new Bench({ profile: 'gemini-3.1', script: [both, { silent: true }] }).send(
      setup(),
      text('a'),
    )
    bench.wait(100).send(text('b'), answer('fc_1')).wait(2000)
    expect(bench.seen().filter((line) => line.includes('Cancellation'))).toEqual([
      '1600 toolCallCancellation fc_2',
    ])
  })

  it('on 3.1 with NO_INTERRUPTION does not cancel it either', () => {
    const more = {
      realtimeInputConfig: { ...manualMode.realtimeInputConfig, activityHandling: 'NO_INTERRUPTION' },
    }
    const bench = new Bench({ profile: 'gemini-3.1', script: next })
      .send(setup(more), text('Hello'))
      .wait(1000)
    bench.send(activityStart, activityEnd).wait(9000)
    expect(bench.seen().filter((line) => /Cancellation/.test(line))).toEqual([])
  })

  it('that is to cancel does so at once, whatever its kind, but not within the grace time', () => {
    const bench = new Bench({ profile: 'gemini-3.8', script: next, inputDuringCall: cancelAtOnce }).send(
      setup(declared('BLOCKING')),
      text('Hello'),
    )
    bench.wait(49).send(audio(silence(20)))
    bench.seen()
    bench.wait(1).send(audio(silence(20)))
    expect(bench.seen()).toEqual(['50 interrupted', '50 toolCallCancellation fc_1', '50 turnComplete'])
  })

  it('on Vertex AI is accepted, and answered after the call', () => {
    const bench = new Bench({ profile: 'vertex', script: next }).send(
      setup(declared('BLOCKING')),
      text('Hello'),
    )
    bench.wait(1000).send(text('And?'))
    bench.seen()
    expect(bench.wait(5000).seen()).toEqual([])
    bench.send({ toolResponse: { functionResponses: [{ name: 'get_weather', response: {} }] } })
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['pending'])
    expect(bench.seen()).toHaveLength(1)
  })

  it('closes in some of the windows, chosen by the seed', () => {
    const outcomes = [0, 1, 2, 3, 4, 5, 6, 7].map((seed) => {
      const bench = new Bench({ seed, script, inputDuringCall: { action: 'close', probability: 0.3 } })
      bench.send(setup(), text('Hello')).wait(50)
      return (
        bench
          .send(audio(silence(20)), audio(silence(20)))
          .seen()
          .at(-1) === `50 ${unimplemented}`
      )
    })
    expect(new Set(outcomes)).toEqual(new Set([true, false]))
  })

  it('is drawn once in each window, however much input comes', () => {
    const closedBy = (inputs: number) =>
      Array.from({ length: 40 }, (_, seed) => seed).filter((seed) => {
        const bench = new Bench({ seed, script, inputDuringCall: { action: 'close', probability: 0.3 } })
        bench.send(setup(), text('Hello')).wait(50)
        bench.send(...Array.from({ length: inputs }, () => audio(silence(20))))
        return bench.session.closed !== undefined
      })
    expect(closedBy(50)).toEqual(closedBy(1))
    expect(closedBy(50)).toHaveLength(11)
  })

  it('is judged anew in each window', () => {
    const bench = new Bench({ seed: 1, script, inputDuringCall: { action: 'close', probability: 0.3 } }).send(
      setup(),
    )
    let windows = 0
    for (; bench.session.closed === undefined && windows < 50; windows++) {
      bench
        .send(text('Hello'))
        .wait(50)
        .send(audio(silence(20)), answer(`function-call-${windows + 1}`))
        .wait(1000)
    }
    expect([windows, bench.session.closed?.code]).toEqual([2, 1008])
  })

  it.each([
    [0, undefined],
    [1, 1008],
  ])('with a probability of %d ends with %s', (probability, code) => {
    const bench = new Bench({ script, inputDuringCall: { action: 'close', probability } })
    bench
      .send(setup(), text('Hello'))
      .wait(50)
      .send(audio(silence(20)))
    expect(bench.session.closed?.code).toBe(code)
  })
})

describe('calls', () => {
  it('are delivered twice', () => {
    const bench = new Bench({ script, calls: { delivery: 'twice' } }).send(setup(), text('Hello'))
    expect(framesIn(bench).slice(1)).toEqual([
      '{"toolCall":{"functionCalls":[{"name":"get_weather","args":{},"id":"function-call-1"}]}}',
      '{"serverContent":{"modelTurn":{"parts":[{"functionCall":{"name":"get_weather","args":{},"id":"function-call-1"}}]}}}',
    ])
  })

  it('come without ids, and are answered by name, the oldest first', () => {
    const bench = new Bench({ script: [{ call: [{ name: 'f' }, { name: 'g' }] }], calls: { ids: 'omitted' } })
    bench.send(setup(), text('Hello'))
    expect(framesIn(bench).at(-1)).toBe(
      '{"toolCall":{"functionCalls":[{"name":"f","args":{}},{"name":"g","args":{}}]}}',
    )
    const response = (name: string) => ({ toolResponse: { functionResponses: [{ name, response: {} }] } })
    bench.send(response('g'), response('g'), response('f'))
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['pending', 'unknown', 'pending'])
    expect(framesIn(bench)).toHaveLength(1)
  })

  it.each([
    ['vertex', {}, ['pending']],
    ['gemini-2.5', { ids: 'omitted' }, ['pending']],
    ['gemini-2.5', {}, ['unknown']],
  ] as const)('of %s with %j are answered with an empty id, which is none: %j', (profile, calls, were) => {
    const bench = new Bench({ profile, calls, script }).send(setup(declared('BLOCKING')), text('Hello'))
    const response = { id: '', name: 'get_weather', response: {} }
    bench.send({ toolResponse: { functionResponses: [response] } })
    expect(bench.session.toolResponses.map(({ id, idWas }) => [id, idWas])).toEqual([['', ...were]])
  })

  it('may have an empty id of their own, and are answered by it', () => {
    const both = [
      { name: 'f', id: 'a' },
      { name: 'f', id: '' },
    ]
    const bench = new Bench({ profile: 'vertex', script: [{ call: both }] }).send(setup(), text('Hello'))
    const response = { id: '', name: 'f', response: {} }
    bench.send({ toolResponse: { functionResponses: [response, { ...response, id: 'a' }] } })
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['pending', 'pending'])
  })

  it.each([
    ['ignored', []],
    ['not-found', ['10 close 1008 Requested entity was not found.']],
    ['internal-error', ['10 close 1011 Internal error occurred.']],
  ] as const)('that are not known: %s', (unknownId, lines) => {
    const bench = new Bench({ script, calls: { unknownId } }).send(setup(), text('Hello')).wait(10)
    bench.seen()
    expect(bench.send(answer('other')).seen()).toEqual(lines)
  })

  it('that are unknown are named in the violation, and known ones do not end the session', () => {
    const bench = new Bench({ script, calls: { unknownId: 'not-found' } }).send(setup(), text('Hello'))
    bench.send(answer('function-call-1', 'function-call-1'))
    expect(bench.session.closed).toBeUndefined()
    bench.send({ toolResponse: { functionResponses: [{ name: 'f', response: {} }] } })
    expect(bench.session.log.at(-2)).toMatchObject({
      kind: 'violation',
      reason: 'a response to null, which is the id of no call',
    })
    const other = new Bench({ script, calls: { unknownId: 'not-found' } }).send(setup(), answer('other'))
    expect(other.session.log.at(-2)).toMatchObject({
      reason: 'a response to "other", which is the id of no call',
    })
  })

  it('are not matched by name if the response has an id', () => {
    const bench = new Bench({ profile: 'vertex', script }).send(setup(), text('Hello'), answer('other'))
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['unknown'])
  })

  it.each([
    ['gemini-2.5', {}, [0, 1]],
    ['gemini-2.5', { endTurn: true }, [1, 2]],
    ['vertex', {}, [1, 2]],
    ['vertex', { endTurn: false }, [0, 1]],
  ] as const)(
    'that block, on %s with %j, complete turns before the answer and in total: %j',
    (profile, calls, ends) => {
      const bench = new Bench({ profile, script, calls }).send(setup(declared('BLOCKING')), text('Hello'))
      const completed = () => bench.frames.filter((frame) => frame.includes('"turnComplete"')).length
      const before = completed()
      const id = /"id": "(.+)"/.exec(bench.frames.join())?.[1] ?? ''
      bench.send(answer(id)).wait(5000)
      expect([before, completed()]).toEqual(ends)
    },
  )

  it('are cancelled by a turn of the user on 3.8, not by the silence of an open microphone', () => {
    const bench = new Bench({ profile: 'gemini-3.8', script })
    bench.send(setup(declared('BLOCKING')), text('Hello')).wait(60)
    const cancellations = () => framesIn(bench).filter((frame) => frame.includes('toolCallCancellation'))
    expect(bench.send(audio(silence(500))).wait(500).session.inputsDuringWindow).toMatchObject({
      accepted: 1,
    })
    expect(cancellations()).toEqual([])
    bench.send(audio(tone(200)))
    expect(cancellations()).toHaveLength(1)
  })

  it('that end their turn leave no turn to interrupt when they are cancelled', () => {
    const bench = new Bench({ script, calls: { endTurn: true }, inputDuringCall: cancelAtOnce })
    bench.send(setup(), text('Hello')).wait(50)
    bench.seen()
    expect(bench.send(audio(silence(20))).seen()).toEqual(['50 toolCallCancellation function-call-1'])
  })

  it('are answered and the model then stays silent for ever, although the user is still transcribed', () => {
    const bench = new Bench({
      script: [...script, { say: 'Yes?', heard: 'Are you there?' }],
      calls: { answered: 'ignored' },
    }).send(setup({ inputAudioTranscription: {} }), text('Hello'))
    bench.seen()
    expect(bench.send(answer('function-call-1')).wait(60_000).seen()).toEqual([])
    bench.send(audio(tone(100)), audio(silence(500))).wait(60_000)
    expect(bench.seen()).toEqual([
      '60000 {"serverContent":{"inputTranscription":{"text":" Are you there?"}}}',
    ])
  })

  it('that are unknown do not silence the model', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }], calls: { answered: 'ignored' } })
    bench.send(setup(), answer('other'), text('Hello')).wait(1000)
    expect(bench.seen().at(-1)).toBe('157.75 turnComplete')
  })

  it('that are cancelled do not silence the model', () => {
    const bench = new Bench({ script, calls: { answered: 'ignored' } }).send(setup(), text('Hello'))
    bench.session.cancelCalls(['function-call-1'])
    expect(bench.wait(1000).seen().at(-1)).toBe('157.75 turnComplete')
  })
})

describe('a second toolCall', () => {
  it('on Vertex AI joins the window, and ends no turn again', () => {
    const bench = new Bench({ profile: 'vertex', script }).send(setup(declared('BLOCKING')), text('Hello'))
    bench.seen()
    bench.session.callTools([{ name: 'get_weather' }])
    expect(bench.seen()).toHaveLength(1)
  })
})

describe('a transcript', () => {
  it('on 3.1 is complete even if a message of audio is as long as several fragments', () => {
    const bench = new Bench({ profile: 'gemini-3.1', audioMessageMs: 3000 })
    bench.send(setup({ tools: [], outputAudioTranscription: {} }), text('Hello'))
    const parts = bench.frames.flatMap((frame) => /"text": "(.+)"/.exec(frame)?.[1] ?? [])
    expect(parts.join('')).toBe('It is twelve degrees in Dublin, with light rain.')
  })
})

describe('the activity detection', () => {
  const soft = tone(100).map((sample) => sample / 8)
  it.each([
    ['gemini-2.5', {}, 1],
    ['vertex', {}, 0],
    ['vertex', { startOfSpeechSensitivity: 'START_SENSITIVITY_HIGH' }, 1],
    ['gemini-2.5', { startOfSpeechSensitivity: 2 }, 0],
  ] as const)('of %s with %j hears soft speech: %d', (profile, automaticActivityDetection, count) => {
    const bench = new Bench({ profile }).send(
      setup({ realtimeInputConfig: { automaticActivityDetection } }),
      audio(soft),
    )
    expect(bench.session.turns).toHaveLength(count)
  })

  const noise = tone(500).map((sample) => sample / 30)
  it.each([
    ['gemini-2.5', {}, false],
    ['vertex', {}, true],
    ['gemini-2.5', { endOfSpeechSensitivity: 'END_SENSITIVITY_LOW' }, true],
  ] as const)(
    'of %s with %j treats noise as continued speech: %s',
    (profile, automaticActivityDetection, goesOn) => {
      const bench = new Bench({ profile, script: [{ silent: true }] })
      bench.send(
        setup({ realtimeInputConfig: { automaticActivityDetection } }),
        audio(tone(100)),
        audio(noise),
      )
      expect(bench.session.turns.map(({ endMs }) => endMs === undefined)).toEqual([goesOn])
    },
  )
})

describe('what is heard', () => {
  const told = [
    ['ACTIVITY_START', '0.100s'],
    ['ACTIVITY_END', '0.800s'],
  ] as const

  it.each([
    ['vertex', true, told],
    ['vertex', false, []],
    ['gemini-2.5', true, []],
    ['gemini-3.1', false, told],
    ['gemini-3.8', false, told],
  ] as const)('is told by %s with explicitVadSignal %s: %j', (profile, explicitVadSignal, expected) => {
    const bench = new Bench({ profile, script: [{ silent: true }] }).send(setup({ explicitVadSignal }))
    bench.send(audio(silence(100)), audio(tone(200)), audio(silence(500)))
    const signals = bench.frames.flatMap((frame) => {
      const { voiceActivity } = JSON.parse(frame)
      return voiceActivity === undefined ? [] : [[voiceActivity.type, voiceActivity.audioOffset]]
    })
    expect(signals).toEqual(expected)
  })

  it.each([
    ['any rate', [], ['0s', '0.200s']],
    ['a rate that has changed', [audio(silence(100))], ['0.100s', '0.300s']],
  ])('is measured in seconds at %s, and also ends with the stream', (_case, before, offsets) => {
    const bench = new Bench({ profile: 'vertex', script: [{ silent: true }] })
    const at24 = audio(tone(200, 24_000), 'audio/pcm;rate=24000')
    bench.send(setup({ explicitVadSignal: true }), ...before, at24, audioStreamEnd)
    const [start, end] = offsets
    expect(bench.seen().slice(1)).toEqual([
      `0 {"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"${start}"}}`,
      `0 {"voiceActivity":{"type":"ACTIVITY_END","audioOffset":"${end}"}}`,
    ])
    expect(bench.session.log.at(-1)).toMatchObject({ message: { atSeconds: Number.parseFloat(end ?? '') } })
  })

  it.each(['gemini-3.1', 'gemini-3.8', 'vertex'] as const)(
    'is told by %s to have ended once it is transcribed',
    (profile) => {
      const bench = new Bench({ profile, script: [{ heard: 'Hello?', silent: true }] })
      bench.send(setup({ explicitVadSignal: true, inputAudioTranscription: {} }))
      bench.send(audio(tone(100)), audio(silence(500)))
      const order = framesIn(bench).flatMap(
        (frame) => /ACTIVITY_\w+|"inputTranscription":{"(?:text|finished)/.exec(frame) ?? [],
      )
      expect(order).toEqual([
        'ACTIVITY_START',
        '"inputTranscription":{"text',
        ...(profile === 'vertex' ? ['"inputTranscription":{"finished'] : []),
        'ACTIVITY_END',
      ])
    },
  )

  it.each([
    ['gemini-2.5', 0],
    ['gemini-3.1', 1],
    ['gemini-3.8', 1],
    ['vertex', 0],
  ] as const)('is transcribed by %s without being asked: %i', (profile, transcripts) => {
    const bench = new Bench({ profile, script: [{ heard: 'Hello?', silent: true }] })
    bench.send(setup(), audio(tone(100)), audio(silence(500)))
    expect(framesIn(bench).filter((frame) => frame.includes('inputTranscription'))).toHaveLength(transcripts)
  })

  it.each([
    ['gemini-3.1', 'beside an empty serverContent', '"serverContent":{},'],
    ['gemini-3.8', 'alone', ''],
  ] as const)('is told by %s %s', (profile, _how, beside) => {
    const bench = new Bench({ profile, script: [{ silent: true }] })
    bench.send(setup(), audio(tone(200)))
    expect(bench.seen().slice(1)).toEqual([
      `0 {${beside}"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"0s"}}`,
    ])
  })

  it('is not reported for turns in brackets', () => {
    const bench = new Bench({ profile: 'vertex', script: [{ silent: true }] })
    bench.send(setup({ explicitVadSignal: true, ...manualMode }), activityStart, activityEnd)
    expect(bench.frames).toHaveLength(1)
  })
})

describe('audio', () => {
  it.each([
    [10, 5],
    [30, 15],
    [100, 20],
    [1000, 20],
  ])('in messages of %d ms comes faster than playback: every %d ms', (audioMessageMs, intervalMs) => {
    const bench = new Bench({
      audioMessageMs,
      script: [{ say: 'A sentence of more than one second of speech.' }],
    })
    bench.send(setup(), text('Hello')).wait(10_000)
    const times = bench.session.log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'audio' ? [entry.atMs] : [],
    )
    expect(times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))).toEqual(
      times.slice(1).map(() => intervalMs),
    )
  })
})

describe('a script', () => {
  it('distinguishes speech from text, and texts by what they include', () => {
    const bench = new Bench({
      script: [
        { when: { turn: 'text', includes: 'TIME' }, call: [{ name: 'get_time' }], thenSay: 'Noon.' },
        { when: { turn: 'speech' }, heard: 'What is that noise?', silent: true },
        { when: { turn: 'text' }, call: [{ name: 'get_weather' }] },
      ],
    }).send(
      setup({ inputAudioTranscription: {} }),
      audio(tone(100)),
      audio(silence(500)),
      text('What time is it?'),
    )
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 {"serverContent":{"inputTranscription":{"text":" What is that"}}}',
      '0 {"serverContent":{"inputTranscription":{"text":" noise?"}}}',
      '0 toolCall function-call-1 get_time({})',
    ])
    bench.send(answer('function-call-1')).wait(5000).send(text('And the weather?'))
    expect(bench.seen().at(-1)).toBe('5000 toolCall function-call-2 get_weather({})')
  })

  it('does not answer a turn that no reply fits', () => {
    const bench = new Bench({ script: [{ when: { turn: 'speech' }, say: 'Hm.' }] }).send(
      setup(),
      text('Hello'),
    )
    expect(bench.wait(1000).seen()).toEqual(['0 setupComplete'])
  })
})

describe('answers in text', () => {
  const inText = { generationConfig: { responseModalities: ['TEXT'] } }
  const more = { ...inText, model: 'models/gemini-live-2.5-flash-preview' }

  it('are sent if the model can write', () => {
    const bench = new Bench({ script: [{ say: 'It is noon now.' }] })
      .send(setup(more), text('Hello'))
      .wait(20)
    expect(framesIn(bench)).toEqual([
      '{"setupComplete":{}}',
      '{"serverContent":{"modelTurn":{"parts":[{"text":"It is noon"}]}}}',
      '{"serverContent":{"modelTurn":{"parts":[{"text":" now."}]}}}',
      '{"serverContent":{"generationComplete":true}}',
      '{"serverContent":{"turnComplete":true},"usageMetadata":"promptTokenCount,responseTokenCount"}',
    ])
  })

  it('are counted as text', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup(more), text('Hello')).wait(1000)
    const { usageMetadata } = JSON.parse(bench.frames.at(-1) ?? '')
    expect(usageMetadata.responseTokensDetails).toEqual([{ modality: 'TEXT', tokenCount: 1 }])
  })

  it.each([
    ['gemini-3.1', more],
    ['gemini-3.8', more],
    ['gemini-2.5', { ...inText, model: 'models/gemini-2.5-flash-native-audio-preview-12-2025' }],
    ['vertex', { ...inText, model: 'gemini-live-2.5-flash-native-audio' }],
  ] as const)('end the session on %s: %j', (profile, asked) => {
    expect(new Bench({ profile }).send(setup(asked)).seen()).toEqual([
      '0 close 1007 The requested combination of response modalities (TEXT) is not supported by the model',
    ])
  })
})

describe('a setup', () => {
  const affective = { generationConfig: { enableAffectiveDialog: true } }
  const thinking = { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } }
  const extended = 'models/gemini-3.8-live-extended-thinking'
  const proactive = (proactiveAudio: boolean) => ({ proactivity: { proactiveAudio } })
  const refused = ['0 close 1007 Request contains an invalid argument.']
  const refusedAs = (reason: string) => [`0 close 1007 ${reason} this model.`]
  const levelMissing = refusedAs('Thinking level must be specified for')
  const modalities = (...responseModalities: readonly string[]) => ({
    generationConfig: { responseModalities },
  })
  const both = modalities('AUDIO', 'TEXT')

  it.each<[ProfileName, string, object, readonly string[], string | undefined]>([
    [
      'gemini-3.8',
      'configures thinking',
      thinking,
      refusedAs('Thinking level is not supported for'),
      'thinkingConfig in a setup of gemini-3.8',
    ],
    [
      'gemini-3.8',
      'turns proactive audio off',
      proactive(false),
      refused,
      'proactiveAudio: false in a setup of gemini-3.8',
    ],
    ['gemini-3.8', 'is proactive', proactive(true), ['0 setupComplete'], undefined],
    [
      'gemini-3.8',
      'is for a model with extended thinking',
      { ...thinking, model: extended },
      ['0 setupComplete'],
      undefined,
    ],
    [
      'gemini-3.8',
      'has no level of extended thinking',
      { model: extended, generationConfig: { thinkingConfig: { includeThoughts: true } } },
      levelMissing,
      'extended thinking without thinkingLevel or thinkingBudget in a setup of gemini-3.8',
    ],
    [
      'gemini-3.8',
      'says nothing of extended thinking',
      { model: extended },
      levelMissing,
      'extended thinking without thinkingLevel or thinkingBudget in a setup of gemini-3.8',
    ],
    [
      'gemini-3.8',
      'has two levels of extended thinking',
      { model: extended, generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 0 } } },
      refused,
      'extended thinking with both thinkingLevel and thinkingBudget in a setup of gemini-3.8',
    ],
    [
      'gemini-3.8',
      'has a level that extended thinking lacks',
      { model: extended, generationConfig: { thinkingConfig: { thinkingLevel: 'MINIMAL' } } },
      refusedAs('Thinking level MINIMAL is not supported for'),
      'extended thinking with thinkingLevel MINIMAL in a setup of gemini-3.8',
    ],
    [
      'gemini-3.8',
      'declares a blocking function for extended thinking',
      {
        model: extended,
        generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } },
        tools: [{ functionDeclarations: [{ name: 'f', behavior: 'BLOCKING' }] }],
      },
      refusedAs('BLOCKING function calls are not supported for'),
      'extended thinking with a BLOCKING function in a setup of gemini-3.8',
    ],
    [
      'gemini-2.5',
      'asks for a voice and no audio',
      {
        model: 'models/gemini-live-2.5-flash-preview',
        generationConfig: { responseModalities: ['TEXT'], speechConfig: { voiceConfig: {} } },
      },
      ['0 close 1007 Cannot extract voices from a non-audio request.'],
      'voiceConfig in a setup that asks for text answers',
    ],
    [
      'gemini-3.1',
      'asks for affective dialog',
      affective,
      [],
      'enableAffectiveDialog in a setup of gemini-3.1, which is never answered',
    ],
    [
      'gemini-3.1',
      'is proactive',
      proactive(true),
      [],
      'proactivity in a setup of gemini-3.1, which is never answered',
    ],
    [
      'gemini-3.1',
      'declines affective dialog',
      { generationConfig: { enableAffectiveDialog: false } },
      ['0 setupComplete'],
      undefined,
    ],
    [
      'gemini-2.5',
      'asks for audio and text',
      both,
      refused,
      'several responseModalities in a setup of gemini-2.5',
    ],
    [
      'gemini-3.1',
      'asks for audio and text',
      both,
      refused,
      'several responseModalities in a setup of gemini-3.1',
    ],
    [
      'gemini-3.8',
      'asks for audio and text',
      both,
      refused,
      'several responseModalities in a setup of gemini-3.8',
    ],
    ['vertex', 'asks for audio and text', both, ['0 setupComplete'], undefined],
    ['gemini-2.5', 'asks for audio twice', modalities('AUDIO', 'AUDIO'), ['0 setupComplete'], undefined],
    ['gemini-2.5', 'has all of it', { ...thinking, ...proactive(true) }, ['0 setupComplete'], undefined],
  ])('on %s that %s', (profile, _case, more, seen, violation) => {
    const bench = new Bench({ profile }).send(setup(more), text('Hello'))
    expect(bench.seen().slice(0, 1)).toEqual(seen)
    const violations = bench.session.log.flatMap((entry) =>
      entry.kind === 'violation' ? [entry.reason] : [],
    )
    expect(violations).toEqual(violation === undefined ? [] : [violation])
    const isRefused = seen[0]?.startsWith('0 close 1007') ?? false
    expect(bench.wait(20_000).session.closed?.code).toBe(isRefused ? 1007 : undefined)
  })
})

describe('client content while the model speaks', () => {
  it.each<[ProfileName, boolean, boolean]>([
    ['gemini-2.5', false, true],
    ['gemini-3.1', false, true],
    ['gemini-3.8', false, false],
    ['gemini-3.8', true, true],
  ])('interrupts on %s, complete %s: %s', (profile, turnComplete, interrupts) => {
    const script = [{ say: 'A sentence that lasts for a while.' }, { silent: true }] as const
    const bench = new Bench({ profile, script }).send(setup(), text('Hello')).wait(50)
    const turns = [{ role: 'user', parts: [{ text: 'By the way.' }] }]
    bench.send({ clientContent: { turns, turnComplete } }).wait(10_000)
    expect(framesIn(bench).some((frame) => frame.includes('"interrupted":true'))).toBe(interrupts)
  })
})

describe('a bracket', () => {
  const manual = setup({ realtimeInputConfig: { automaticActivityDetection: { disabled: true } } })
  const realtime = (realtimeInput: object) => ({ realtimeInput })
  const start = realtime({ activityStart: {} })
  const video = realtime({ video: { data: 'AAAA', mimeType: 'image/jpeg' } })
  const warned = 'in a bracket before any audio: servers of 3.x were seen to close with 1007'

  it.each<[ProfileName, string, readonly object[], readonly string[]]>([
    ['gemini-3.1', 'begins with text', [start, text('a'), text('b')], [`text ${warned}`]],
    ['gemini-3.8', 'begins with video', [start, video, audio(tone(20))], [`video ${warned}`]],
    ['gemini-3.8', 'begins with audio', [start, audio(tone(20)), video, text('a')], []],
    ['gemini-3.8', 'comes after text', [text('a'), video, start, audio(tone(20))], []],
    ['gemini-2.5', 'begins with text', [start, text('a')], []],
  ])('on %s that %s', (profile, _case, messages, warnings) => {
    const { session } = new Bench({ profile, script: [{ silent: true }] }).send(manual, ...messages)
    const reasons = session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))
    expect(reasons.filter((reason) => reason.includes('bracket'))).toEqual(warnings)
  })
})

describe('the end of the stream', () => {
  it.each([
    ['gemini-2.5', true],
    ['gemini-3.1', true],
    ['gemini-3.8', false],
    ['vertex', true],
  ] as const)('on %s ends the turn: %s; silence always does', (profile, ends) => {
    const bench = new Bench({ profile, script: [{ silent: true }] })
    bench.send(setup({ model: 'models/m' }), audioStreamEnd, audio(tone(100)), audioStreamEnd).wait(1000)
    const turn = { source: 'speech', startMs: 0, firstSample: 0 }
    expect(bench.session.turns).toEqual([{ ...turn, endMs: ends ? 0 : undefined, samples: 1600 }])
    const problems = bench.session.log.flatMap((entry) =>
      entry.kind === 'warning' || entry.kind === 'violation' ? [[entry.kind, entry.reason]] : [],
    )
    const doubt = ['warning', 'audioStreamEnd does not end this turn: send silence']
    expect(problems).toEqual(ends ? [] : [doubt])
    bench.send(audio(tone(100)), audio(silence(500)))
    expect(bench.session.turns.map(({ samples }) => samples)).toEqual(ends ? [1600, 9600] : [11_200])
  })
})

describe('a message of audio', () => {
  it('may have a second of audio', () => {
    const bench = new Bench({ audioMessageMs: 1000 }).send(setup({ tools: [] }), text('Hello')).wait(100)
    expect(bench.seen().slice(1)).toEqual(['0 audio: 3 messages, 60573 samples', '40 generationComplete'])
  })
})

describe('a context update', () => {
  const update = (tools: object) => ({ contextUpdate: { tools } })
  const declare = (name: string, behavior: string) => ({
    tools: [{ functionDeclarations: [{ name, behavior }] }],
  })

  it('replaces the declared functions from then on', () => {
    const bench = new Bench({ profile: 'gemini-3.8', script }).send(setup(declared('NON_BLOCKING')))
    bench.send(update(declare('get_weather', 'BLOCKING')), text('Hello')).seen()
    bench.wait(1000).send(text('Again?'))
    expect(bench.seen().slice(0, 2)).toEqual(['1000 interrupted', '1000 toolCallCancellation fc_1'])
  })

  it.each([{ tools: [] }, {}])('removes all functions: %j', (tools) => {
    const bench = new Bench({ profile: 'gemini-2.5' })
    bench.send(setup(declared('BLOCKING')), update(tools), text('Hello'))
    expect(bench.seen().join()).not.toContain('toolCall')
  })

  it('leaves the functions as they are if it has no tools', () => {
    const bench = new Bench({ profile: 'gemini-2.5' }).send(setup(declared('BLOCKING')))
    bench.send({ contextUpdate: { systemInstruction: { parts: [{ text: 'Be brief.' }] } } }, text('Hello'))
    expect(bench.seen().join()).toContain('toolCall')
  })
})
