import { describe, expect, it } from 'vitest'
import type { EmulatorOptions, ProfileName, Reply } from '../src/index.ts'
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

const weatherCall = 'toolCall function-call-1 get_weather({"city":"Dublin"})'
const unimplemented = 'close 1008 Operation is not implemented, or supported, or enabled.'
const invalid = 'close 1007 Request contains an invalid argument.'

/** A session in which the user has asked by text and the call of get_weather is pending, at 0 ms. */
function pendingCall(options: ConstructorParameters<typeof Bench>[0] = {}, more: object = {}): Bench {
  const bench = new Bench(options).send(setup(more), text('What is the weather?'))
  expect(bench.seen()).toEqual(['0 setupComplete', `0 ${weatherCall}`])
  return bench
}

describe('a turn', () => {
  it('of speech leads to a call, the answer to speech of the model, and the next turn to the next reply', () => {
    const bench = new Bench().send(
      setup({ outputAudioTranscription: {} }),
      audio(tone(300)),
      audio(silence(480)),
    )
    expect(bench.seen()).toEqual(['0 setupComplete'])
    bench.wait(20).send(audio(silence(20)))
    expect(bench.seen()).toEqual([`20 ${weatherCall}`])
    bench.wait(800).send(answer('function-call-1')).wait(5000)
    expect(bench.seen()).toEqual([
      '820 transcript "It is twelve"',
      '820 audio: 8 messages, 19200 samples',
      '980 transcript " degrees in Dublin,"',
      '980 audio: 9 messages, 21600 samples',
      '1160 transcript " with light rain."',
      '1160 audio: 9 messages, 19773 samples',
      '1320 generationComplete',
      '3343.875 turnComplete',
    ])
    bench.send(audio(tone(300)), audio(silence(500))).wait(5000)
    expect(bench.seen()).toEqual([
      '5820 transcript "Yes, take an"',
      '5820 audio: 7 messages, 16800 samples',
      '5960 transcript " umbrella."',
      '5960 audio: 7 messages, 14460 samples',
      '6080 generationComplete',
      '7122.5 turnComplete',
    ])
    expect(bench.session.turns).toEqual([
      { source: 'speech', startMs: 0, endMs: 20, firstSample: 0, samples: 12_800 },
      { source: 'speech', startMs: 5820, endMs: 5820, firstSample: 12_800, samples: 12_800 },
    ])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('is ended by audioStreamEnd without trailing silence', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup(), audio(tone(300)))
    const turn = { source: 'speech', startMs: 0, firstSample: 0, samples: 4800 }
    expect(bench.session.turns).toEqual([{ ...turn, endMs: undefined }])
    bench
      .wait(70)
      .send(audioStreamEnd, audioStreamEnd, audio(silence(1000)))
      .wait(1000)
    expect(bench.session.turns).toEqual([{ ...turn, endMs: 70 }])
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '70 audio: 2 messages, 3786 samples',
      '90 generationComplete',
      '227.75 turnComplete',
    ])
    bench.send(audio(tone(40)), audioStreamEnd, audio(tone(40)))
    expect(bench.session.turns).toHaveLength(1)
  })

  it('marked by the client contains only the audio between the marks', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] })
    bench.send(setup(manualMode), audio(tone(100)), activityStart).wait(100)
    bench.send(audio(tone(300)), audio(silence(900)))
    expect(bench.seen()).toEqual(['0 setupComplete'])
    bench.send(activityEnd, audio(tone(200))).wait(1000)
    expect(bench.seen()).toEqual([
      '100 audio: 2 messages, 3786 samples',
      '120 generationComplete',
      '257.75 turnComplete',
    ])
    expect(bench.session.turns).toEqual([
      { source: 'brackets', startMs: 0, endMs: 100, firstSample: 1600, samples: 19_200 },
    ])
    expect(bench.session.receivedAudio()).toHaveLength(24_000)
    expect(bench.session.brackets).toEqual({ starts: 1, ends: 1, open: false, balanced: true })
    expect(bench.session.receivedSignals()).toEqual([
      { kind: 'activityStart', atMs: 0 },
      { kind: 'activityEnd', atMs: 100 },
    ])
  })

  it.each([
    ['text', text('Hello')],
    [
      'clientContent',
      { clientContent: { turns: [{ role: 'user', parts: [{ text: 'Hello' }] }], turnComplete: true } },
    ],
  ])('may be written: %s', (source, message) => {
    const bench = new Bench({ script: [{ silent: true }, { say: 'Hm.' }] }).send(setup(), message)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    bench.wait(40).send(message).wait(1000)
    expect(bench.seen()).toEqual([
      '40 audio: 2 messages, 3786 samples',
      '60 generationComplete',
      '197.75 turnComplete',
    ])
    expect(bench.session.turns).toEqual([
      { source, startMs: 0, endMs: 0, firstSample: 0, samples: 0 },
      { source, startMs: 40, endMs: 40, firstSample: 0, samples: 0 },
    ])
  })

  it('is counted in tokens, together with everything before it', () => {
    const content = (words: string) => ({
      clientContent: { turns: [{ parts: [{ text: words }] }], turnComplete: true },
    })
    const bench = new Bench({ script: [{ say: 'Hm.' }] })
    bench
      .send(setup(), audio(silence(400)), content('Hello'))
      .wait(1000)
      .send(text('Hi, Ho'))
      .wait(10)
    bench.send(content(''))
    const usages = bench.session.log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'turnComplete' ? [entry.message.usage] : [],
    )
    expect(usages).toEqual([
      { prompt: { AUDIO: 10, TEXT: 2 }, response: { TEXT: 0, AUDIO: 4 } },
      { prompt: { AUDIO: 10, TEXT: 3 }, response: { TEXT: 0, AUDIO: 3 } },
    ])
  })

  it.each([
    ['gemini-2.5', 258],
    ['gemini-3.8', 272],
  ] as const)('is counted by %s with its pictures, each of %i tokens', (profile, tokens) => {
    const picture = { mimeType: 'image/jpeg', data: '/9j/4AAQ' }
    const parts = [
      { inlineData: picture },
      { text: 'Four' },
      { inlineData: { mimeType: 'audio/pcm', data: '' } },
    ]
    const bench = new Bench({ profile, script: [{ say: 'Hm.' }] }).send(setup())
    bench.send({ clientContent: { turns: [{ parts }], turnComplete: true } }).wait(1000)
    const counted = () => bench.frames.flatMap((frame) => JSON.parse(frame).usageMetadata ?? []).at(-1)
    const TEXT = { modality: 'TEXT', tokenCount: 1 }
    expect(counted()).toMatchObject({
      promptTokenCount: 1 + tokens,
      promptTokensDetails: [TEXT, { modality: 'IMAGE', tokenCount: tokens }],
    })
    bench.send({ realtimeInput: { video: picture } }, audio(silence(400)))
    bench.send({ realtimeInput: { mediaChunks: [picture] } }, text('Five')).wait(1000)
    expect(counted()).toMatchObject({
      promptTokenCount: 12 + 3 * tokens,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 2 },
        { modality: 'AUDIO', tokenCount: 10 },
        { modality: 'IMAGE', tokenCount: 3 * tokens },
      ],
    })
  })

  it('is counted to the token, however many messages it comes in', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup())
    for (let message = 0; message < 20; message++) bench.send(audio(silence(100)))
    bench.send(text('Four')).wait(1000)
    expect(bench.session.log.at(-1)).toMatchObject({
      message: { type: 'turnComplete', usage: { prompt: { AUDIO: 50, TEXT: 1 } } },
    })
  })

  it('is not complete without turnComplete', () => {
    const bench = new Bench()
      .send(setup(), { clientContent: { turns: [{ parts: [{ text: 'Context' }] }] } })
      .wait(1000)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    expect(bench.session.turns).toEqual([])
  })

  it.each([
    [
      'the first declared function',
      [{ functionDeclarations: [{ name: 'roll' }, { name: 'pick' }] }],
      'toolCall function-call-1 roll({})',
    ],
    [
      'get_weather, wherever it is declared',
      [{ functionDeclarations: [{ name: 'roll' }] }, { functionDeclarations: [{ name: 'get_weather' }] }],
      weatherCall,
    ],
    ['speech without a function', [{ googleSearch: {} }], 'audio: 1 messages, 2400 samples'],
  ])('gets from the default script %s', (_case, tools, reply) => {
    expect(new Bench().send(setup({ tools }), text('Hello')).seen()).toEqual([
      '0 setupComplete',
      `0 ${reply}`,
    ])
  })
})

describe('client content', () => {
  const answering = (turnComplete: boolean) => ({
    clientContent: {
      turns: [{ role: 'user', parts: [{ functionResponse: { name: 'get_weather', response: {} } }] }],
      turnComplete,
    },
  })

  it.each([true, false])('with the answer to a pending call is refused: turnComplete %s', (turnComplete) => {
    const bench = pendingCall().wait(1000).send(answering(turnComplete))
    expect(bench.seen()).toEqual([`1000 ${invalid}`])
    expect(bench.session.turns.map(({ source }) => source)).toEqual(['text'])
    expect(bench.session.log.slice(-3)).toMatchObject([
      { kind: 'received', message: { type: 'clientContent', text: '', turnComplete } },
      { kind: 'violation', reason: 'a function response in client content while a call is pending' },
      { kind: 'close', code: 1007 },
    ])
  })

  it('may contain answers to calls of an earlier session', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(setup(), answering(true)).wait(1000)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    expect(bench.session.log.at(-1)).toEqual({
      kind: 'received',
      atMs: 0,
      message: { type: 'clientContent', text: '', turnComplete: true },
    })
  })

  it.each([
    ['on 3.1 gets no reply', 'gemini-3.1', 1],
    ['on 3.8 gets no reply', 'gemini-3.8', 1],
    ['on 2.5 is answered all the same', 'gemini-2.5', 2],
    ['on Vertex AI is answered all the same', 'vertex', 2],
  ] as const)('that the setup declares to be history %s', (_case, profile, turns) => {
    const content = (words: string, turnComplete: boolean) => ({
      clientContent: { turns: [{ role: 'user', parts: [{ text: words }] }], turnComplete },
    })
    const bench = new Bench({ profile, script: [{ say: 'First.' }] }).send(
      setup({ historyConfig: { initialHistoryInClientContent: true } }),
      content('Earlier', false),
      content('and earlier still', true),
    )
    bench.wait(1000).send(content('Now', true)).wait(1000)
    const replies = bench.session.log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'turnComplete' ? [entry.message.usage.prompt.TEXT] : [],
    )
    // All is counted, answered or not.
    expect([bench.session.turns.length, replies.length, replies.at(-1)]).toEqual([turns, turns, 7])
  })
})

describe('the text of client content', () => {
  const said = (words: string) => ({ role: 'user', parts: [{ text: words }] })
  const answered = { role: 'model', parts: [{ text: 'It may.' }] }
  const content = (turnComplete: boolean, ...turns: readonly object[]) => ({
    clientContent: { turns, turnComplete },
  })

  it.each<[string, readonly object[], number]>([
    ['one message', [content(true, said('Will it rain?'))], 1],
    ['two messages', [content(false, said('Will it rain?')), content(true)], 1],
    ['two halves', [content(false, said('Will it ra')), content(true, said('in?'))], 1],
    ['the turn before', [content(true, said('Will it rain?')), content(true, said('Thanks.'))], 1],
    ['a history before the turn', [content(true, said('Will it rain?'), answered, said('Thanks.'))], 0],
    [
      'a message of history',
      [content(false, said('Will it rain?'), answered), content(true, said('Thanks.'))],
      0,
    ],
    ['content before a text', [content(false, said('Will it rain?')), text('Hello'), content(true)], 0],
  ])('is all that the user has said since the model: %s', (_case, messages, replies) => {
    const bench = new Bench({ script: [{ when: { includes: 'rain' }, say: 'Hm.' }] }).send(setup())
    for (const message of messages) bench.send(message).wait(1000)
    expect(bench.seen().filter((line) => line.includes('turnComplete'))).toHaveLength(replies)
  })
})

describe('audio outside of the marks of a client', () => {
  it.each([
    ['is not counted', undefined, 25],
    ['is counted where turns include it', 'TURN_INCLUDES_ALL_INPUT', 75],
  ])('%s', (_case, turnCoverage, counted) => {
    const realtimeInputConfig = { ...manualMode.realtimeInputConfig, turnCoverage }
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup({ realtimeInputConfig }))
    const some = audio(silence(1000))
    bench.send(some, activityStart, some, activityEnd, some).wait(1000)
    const heard = bench.session.log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'turnComplete'
        ? [entry.message.usage.prompt.AUDIO]
        : [],
    )
    expect(heard).toEqual([counted])
  })
})

describe('what the user said', () => {
  it.each([
    ['spoken, with words of the script,', audio(tone(100)), { heard: 'Hello?' }, [' Hello?']],
    ['spoken, without words,', audio(tone(100)), {}, []],
    ['written', text('Hello?'), { heard: 'Hello?' }, []],
  ])('%s is transcribed', (_case, message, terms, transcripts) => {
    const bench = new Bench({ script: [{ silent: true, ...terms }] })
    bench.send(setup({ inputAudioTranscription: {} }), audioStreamEnd, message, audioStreamEnd)
    const heard = bench.session.log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'inputTranscript' ? [entry.message.text] : [],
    )
    expect(heard).toEqual(transcripts)
    expect(bench.session.turns).toHaveLength(1)
  })
})

describe('a field that is undefined', () => {
  it.each<[object, readonly string[]]>([
    [{ silent: true, say: undefined, call: undefined, fault: undefined }, []],
    [{ fault: 'close', like: undefined, code: 1011, reason: 'a' }, ['0 close 1011 a']],
    [{ fault: 'close', like: 'aborted', code: undefined }, ['0 close 1008 The operation was aborted.']],
  ])('counts as absent: %j', (reply, seen) => {
    const bench = new Bench({ script: [reply as Reply] }).send(setup(), text('a')).wait(1000)
    expect(bench.seen()).toEqual(['0 setupComplete', ...seen])
  })
})

describe('a fault in place of a reply', () => {
  it('that ends the session is the last thing the model does', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }, { fault: 'drop' }, { say: 'Hm.' }] })
    bench.send(setup(), text('a'), text('b'), text('c')).wait(1000)
    expect([bench.seen().at(-1), bench.clock.pendingTimers]).toEqual(['157.75 drop', 0])
  })
})

describe('an interruption', () => {
  const afterOneMessage = ['0 setupComplete', '0 audio: 3 messages, 7200 samples']
  const script = [{ say: 'A sentence that lasts for a while.' }, { silent: true }] as const

  it.each([
    ['speech', {}, [audio(tone(100))]],
    ['activityStart', manualMode, [activityStart]],
    ['clientContent', {}, [{ clientContent: { turns: [] } }]],
  ])('by %s ends the turn without generationComplete', (_case, more, messages) => {
    const bench = new Bench({ script }).send(setup(more), text('Hello')).wait(50)
    expect(bench.seen()).toEqual(afterOneMessage)
    bench.send(...messages).wait(10_000)
    expect(bench.seen()).toEqual(['50 interrupted', '50 turnComplete'])
  })

  it('by client content without turnComplete starts no reply', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup(), text('a'), text('b')).wait(100)
    bench.seen()
    bench.send({ clientContent: { turns: [] } }).wait(1000)
    expect(bench.seen()).toEqual(['100 interrupted', '100 turnComplete'])
    bench.send({ clientContent: { turnComplete: true } }).wait(1000)
    expect(bench.seen().filter((line) => line.includes('turnComplete'))).toHaveLength(2)
  })

  it('is possible until the playback is over', () => {
    const bench = new Bench({ script }).send(setup(manualMode), text('Hello')).wait(1700)
    bench.seen()
    bench.send(activityStart).wait(10_000)
    expect(bench.seen()).toEqual(['1700 interrupted', '1700 turnComplete'])
  })

  it('is not caused by text, nor possible with NO_INTERRUPTION: the reply waits', () => {
    const more = { realtimeInputConfig: { activityHandling: 'NO_INTERRUPTION' } }
    const bench = new Bench({ script: [{ say: 'Hm.' }] })
      .send(setup(more), text('Hello'), text('Hello?'))
      .wait(20)
    bench.send(audio(tone(100))).wait(1000)
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 audio: 2 messages, 3786 samples',
      '20 generationComplete',
      '157.75 turnComplete',
      '157.75 audio: 2 messages, 3786 samples',
      '177.75 generationComplete',
      '315.5 turnComplete',
    ])
  })
})

describe('while the user speaks', () => {
  const hm = ['audio', 'generationComplete', 'turnComplete']
  const called = (behavior?: string) => [{ functionDeclarations: [{ name: 'f', behavior }] }]
  const responding = (more: object = {}) => ({
    toolResponse: { functionResponses: [{ id: 'function-call-1', name: 'f', response: {}, ...more }] },
  })
  const asks = { call: [{ name: 'f' }], thenSay: 'Hm.' }
  const kindsOf = (lines: readonly string[]) => lines.map((line) => line.split(/[ :]/)[1])

  it.each<
    [string, readonly Reply[], object, readonly object[], readonly object[], readonly (string | undefined)[]]
  >([
    ['the answer to a call', [asks], {}, [text('a')], [responding()], hm],
    [
      'the speech about a response',
      [asks],
      { tools: called('NON_BLOCKING') },
      [text('a')],
      [responding()],
      hm,
    ],
    ['the reply to a text', [{ say: 'Hm.' }], {}, [], [text('a')], hm],
    [
      'the reply to an earlier text',
      [{ say: 'A sentence that lasts for a while.' }, { say: 'Hm.' }],
      {},
      [text('a'), text('b')],
      [],
      hm,
    ],
    ['a call', [asks], {}, [], [text('a')], ['toolCall']],
  ])('%s waits', (_case, replies, more, before, during, after) => {
    const script = [...replies, { silent: true } as const]
    const bench = new Bench({ script }).send(setup({ ...manualMode, ...more }), ...before, activityStart)
    bench.seen()
    bench.send(...during).wait(10_000)
    expect(bench.seen()).toEqual([])
    bench.send(activityEnd).wait(10_000)
    expect(kindsOf(bench.seen())).toEqual(after)
  })

  it('the replies that waited come even if the turn itself gets no reply', () => {
    const bench = new Bench({ script: [{ say: 'Hm.', when: { turn: 'text' } }] })
    bench.send(setup(), audio(tone(100)), text('a')).wait(1000)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    bench.send(audioStreamEnd).wait(1000)
    expect(kindsOf(bench.seen())).toEqual(hm)
  })

  it.each([
    ['gemini-2.5', 'at once', true],
    ['gemini-3.8', 'afterwards', false],
  ] as const)('a response with INTERRUPT is spoken about by %s %s', (profile, _when, atOnce) => {
    const bench = new Bench({ profile, script: [asks, { silent: true }] })
    bench.send(setup({ ...manualMode, tools: called('NON_BLOCKING') }), text('a'), activityStart)
    const id = /"id": "(.+)"/.exec(bench.frames.join(''))?.[1]
    const speaks = () => bench.frames.splice(0).some((frame) => frame.includes('audio/pcm'))
    bench.send(responding({ id, scheduling: 'INTERRUPT' })).wait(10_000)
    expect(speaks()).toBe(atOnce)
    bench.send(activityEnd).wait(10_000)
    expect(speaks()).toBe(!atOnce)
  })

  it('a response with INTERRUPT starts no other reply', () => {
    const both = { call: [{ name: 'f' }, { name: 'f' }] }
    const bench = new Bench({ script: [both, { say: 'Hm.' }] })
    bench.send(setup({ ...manualMode, tools: called('NON_BLOCKING') }), text('a'), activityStart, text('b'))
    bench.seen()
    bench.send(responding({ scheduling: 'INTERRUPT' })).wait(60_000)
    expect(kindsOf(bench.seen())).toEqual(hm)
    bench.send(activityEnd).wait(60_000)
    expect(kindsOf(bench.seen())).toEqual([...hm, ...hm])
  })

  it('there is no handle while a reply waits', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }, { silent: true }] })
    bench.send(setup({ ...manualMode, sessionResumption: {} })).wait(100)
    bench.send(activityStart, text('a')).wait(1000)
    const told = () =>
      bench.session.log.flatMap((entry) =>
        entry.kind === 'sent' && entry.message.type === 'sessionResumptionUpdate'
          ? [entry.message.resumable]
          : [],
      )
    expect(told()).toEqual([true, false])
    bench.send(activityEnd).wait(1000)
    expect(told()).toEqual([true, false, true])
  })
})

describe('input during a blocking call', () => {
  const frames: readonly [string, object][] = [
    ['audio', audio(silence(20))],
    ['video', { realtimeInput: { video: { data: '/9j/', mimeType: 'image/jpeg' } } }],
    ['text', text('And now?')],
    ['audioStreamEnd', audioStreamEnd],
    ['mediaChunks', { realtimeInput: { mediaChunks: [{ data: 'AAA=', mimeType: 'audio/pcm' }] } }],
    ['activityStart', activityStart],
    ['activityEnd', activityEnd],
  ]

  it.each(frames)('ends the session after the grace time: %s', (kind, frame) => {
    const more = kind.startsWith('activity') ? manualMode : {}
    const bench = pendingCall({}, more).wait(50).send(frame, frame).wait(10_000)
    expect(bench.seen()).toEqual([`50 ${unimplemented}`])
    const { session } = bench
    expect(session.inputsDuringWindow).toEqual({ grace: 0, violations: 1 })
    expect(session.closed).toEqual({
      code: 1008,
      reason: 'Operation is not implemented, or supported, or enabled.',
      by: 'server',
    })
    expect(session.log.slice(-2)).toEqual([
      {
        kind: 'violation',
        atMs: 50,
        reason: `${kind} while a blocking call is pending, 50 ms after the toolCall`,
      },
      { kind: 'close', atMs: 50, ...session.closed },
    ])
  })

  it.each(frames)('is accepted and counted within the grace time: %s', (kind, frame) => {
    const more = kind.startsWith('activity') ? manualMode : {}
    const bench = pendingCall({}, more).wait(49).send(frame, frame).wait(10_000)
    expect(bench.seen()).toEqual([])
    expect(bench.session.inputsDuringWindow).toEqual({ grace: 2, violations: 0 })
    expect(bench.session.closed).toBeUndefined()
  })

  it('is never tolerated with a grace time of 0', () => {
    const bench = pendingCall({ graceMs: 0 }).send(audio(silence(20)))
    expect(bench.seen()).toEqual([`0 ${unimplemented}`])
  })

  it('does not count if the message is empty or client content', () => {
    const bench = pendingCall()
      .wait(1000)
      .send({ realtimeInput: {} }, { clientContent: { turnComplete: false } })
    expect(bench.seen()).toEqual([])
    expect(bench.session.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
  })

  it('may end a turn within the grace time: the reply to it waits for the answer', () => {
    const bench = pendingCall({}, manualMode)
      .send(activityStart, activityEnd)
      .wait(1000)
      .send(answer('function-call-1'))
    bench.wait(10_000)
    expect(bench.seen()).toEqual([
      '1000 audio: 26 messages, 60573 samples',
      '1500 generationComplete',
      '3523.875 turnComplete',
      '3523.875 audio: 14 messages, 31260 samples',
      '3783.875 generationComplete',
      '4826.375 turnComplete',
    ])
  })

  it('is accepted again once the call is settled', () => {
    const bench = pendingCall()
      .wait(1000)
      .send(answer('function-call-1'), audio(silence(20)))
    expect(bench.seen()).toEqual(['1000 audio: 1 messages, 2400 samples'])
    expect(bench.session.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
  })

  it('is accepted during a non-blocking call, and the answer is spoken about when the model is free', () => {
    const tools = [{ functionDeclarations: [{ name: 'get_weather', behavior: 'NON_BLOCKING' }] }]
    const bench = new Bench({ script: [{ call: [{ name: 'get_weather' }], thenSay: 'Hm.' }, { say: 'Hm.' }] })
    bench.send(setup({ tools }), text('Weather?')).wait(1000).send(text('Are you there?')).wait(10)
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 toolCall function-call-1 get_weather({})',
      '0 generationComplete',
      '0 turnComplete',
      '1000 audio: 1 messages, 2400 samples',
    ])
    bench.send(answer('function-call-1')).wait(1000)
    expect(bench.seen()).toEqual([
      '1020 audio: 1 messages, 1386 samples',
      '1020 generationComplete',
      '1157.75 turnComplete',
      '1157.75 audio: 2 messages, 3786 samples',
      '1177.75 generationComplete',
      '1315.5 turnComplete',
    ])
  })
})

describe('the response to a call that does not block', () => {
  const tools = [{ functionDeclarations: [{ name: 'f', behavior: 'NON_BLOCKING' }, { name: 'g' }] }]
  const talk = { say: 'A sentence that lasts for a while.' }
  // When the response comes, the whole sentence has been sent and is being played.
  const whenIdle = ['turnComplete', 'audio', 'generationComplete', 'turnComplete']

  it.each<[string, object, readonly string[]]>([
    ['nothing', {}, whenIdle],
    ['WHEN_IDLE', { scheduling: 'WHEN_IDLE' }, whenIdle],
    ['SILENT', { scheduling: 'SILENT' }, ['turnComplete']],
    ['INTERRUPT', { scheduling: 'INTERRUPT' }, ['interrupted', ...whenIdle]],
    ['SILENT by number', { scheduling: 1 }, ['turnComplete']],
    ['SILENT within the response', { response: { scheduling: 'SILENT' } }, ['turnComplete']],
  ])('is spoken about as its scheduling says: %s', (_case, more, kinds) => {
    const bench = new Bench({ script: [{ call: [{ name: 'f' }], thenSay: 'Hm.' }, talk] })
    bench.send(setup({ tools }), text('a'), text('b')).wait(600)
    bench.seen()
    const response = { id: 'function-call-1', name: 'f', response: {}, ...more }
    bench.send({ toolResponse: { functionResponses: [response] } }).wait(10_000)
    expect(bench.seen().map((line) => line.split(/[ :]/)[1])).toEqual(kinds)
  })

  const both = { call: [{ name: 'g' }, { name: 'f' }], thenSay: 'Hm.' }
  const unblocked = [
    { functionDeclarations: [{ name: 'f' }, { name: 'g' }].map((f) => ({ ...f, behavior: 'NON_BLOCKING' })) },
  ]
  const says = ['audio', 'generationComplete', 'turnComplete']
  const respond = (id: string, more: object = {}) => ({ id, name: 'f', response: {}, ...more })

  it.each<[string, readonly object[], readonly (readonly object[])[], readonly (readonly string[])[]]>([
    [
      'after a call that blocks has its answer',
      tools,
      [[respond('function-call-1')], [respond('function-call-2', { scheduling: 'INTERRUPT' })]],
      [says, says],
    ],
    [
      'at once, whether or not another of its toolCall has an answer',
      unblocked,
      [[respond('function-call-2', { scheduling: 'INTERRUPT' })], [respond('function-call-1')]],
      [says, says],
    ],
    [
      'though that to another of its toolCall is silent later',
      unblocked,
      [[respond('function-call-1')], [respond('function-call-2', { scheduling: 'SILENT' })]],
      [says, []],
    ],
    [
      'though that to another of its toolCall was silent before',
      unblocked,
      [[respond('function-call-1', { scheduling: 'SILENT' })], [respond('function-call-2')]],
      [[], says],
    ],
    [
      'once, where another comes in the same message',
      unblocked,
      [[respond('function-call-1'), respond('function-call-2')]],
      [says],
    ],
  ])('is spoken about %s', (_case, declared, messages, kinds) => {
    const bench = new Bench({ script: [both] }).send(setup({ tools: declared }), text('a'))
    bench.seen()
    const seen = messages.map((functionResponses) => {
      bench.send({ toolResponse: { functionResponses } }).wait(5000)
      return bench.seen().map((line) => line.split(/[ :]/)[1])
    })
    expect(seen).toEqual(kinds)
  })

  it('is spoken about in the order of the responses of its message', () => {
    const asking = (city: string) => ({ call: [{ name: 'f' }], thenSay: `It is always raining in ${city}.` })
    const bench = new Bench({ script: [asking('Cork'), asking('Rome')] })
    bench.send(setup({ tools, outputAudioTranscription: {} }), text('a'), text('b'))
    const functionResponses = [respond('function-call-2'), respond('function-call-1')]
    bench.send({ toolResponse: { functionResponses } }).wait(20_000)
    expect(bench.frames.join('').match(/Rome|Cork/g)).toEqual(['Rome', 'Cork'])
  })

  it('is spoken about if the other call was cancelled, after which no call is pending', () => {
    const declared = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }]
    const generationConfig = { thinkingConfig: { thinkingLevel: 'LOW' } }
    const bench = new Bench({ profile: 'gemini-3.8', script: [both] })
      .send(setup({ model: 'models/gemini-3.8-live-extended-thinking', generationConfig, tools: declared }))
      .send(text('a'))
    bench.session.cancelCalls(['fc_1'])
    bench.wait(5000)
    expect(bench.seen().some((line) => line.includes('toolCallCancellation fc_1'))).toBe(true)
    bench.send({ toolResponse: { functionResponses: [respond('fc_2')] } }).wait(5000)
    const ends = bench.frames.flatMap((frame) => JSON.parse(frame).serverContent?.interactionStatus ?? [])
    expect([bench.seen().length > 1, ends]).toEqual([true, ['IN_PROGRESS', 'IN_PROGRESS', 'IDLE']])
  })

  const extended = 'models/gemini-3.8-live-extended-thinking'
  const thinkingConfig = { thinkingLevel: 'LOW' }
  const unscheduled = 'Function response scheduling is not supported for this model.'
  it.each<[ProfileName, string, object, string | undefined]>([
    ['gemini-3.8', extended, { scheduling: 'WHEN_IDLE' }, unscheduled],
    ['gemini-3.8', extended, {}, undefined],
    ['gemini-3.8', 'models/gemini-3.8-live', { scheduling: 'SILENT' }, undefined],
    ['vertex', extended, { scheduling: 'SILENT' }, undefined],
  ])('on %s to %s is refused if its scheduling is: %j', (profile, model, more, reason) => {
    const generationConfig = model === extended ? { thinkingConfig } : {}
    const bench = new Bench({ profile, script: [{ call: [{ name: 'f' }], thenSay: 'Hm.' }] })
    bench.send(setup({ model, generationConfig, tools }), text('a')).wait(1000)
    const id = bench.session.callTools([{ name: 'f' }])[0]
    bench.send({ toolResponse: { functionResponses: [{ id, name: 'f', response: {}, ...more }] } })
    expect(bench.session.closed?.reason).toBe(reason)
    expect(bench.session.toolResponses).toHaveLength(reason === undefined ? 1 : 0)
  })

  it('to a blocking call ignores its scheduling', () => {
    const bench = new Bench({ script: [{ call: [{ name: 'g' }], thenSay: 'Hm.' }] }).send(
      setup({ tools }),
      text('a'),
    )
    bench.seen()
    const response = { id: 'function-call-1', name: 'g', response: {}, scheduling: 'SILENT' }
    bench.send({ toolResponse: { functionResponses: [response] } })
    expect(bench.seen()).toHaveLength(1)
  })

  const noEffect = 'the scheduling of the response to "function-call-1" has no effect: its call blocks'
  const open =
    'the response to "function-call-1" has willContinue, but its call blocks: the model stays silent until the last one'
  it.each<[string, object, readonly string[]]>([
    ['no more fields', {}, []],
    ['WHEN_IDLE', { scheduling: 'WHEN_IDLE' }, []],
    ['SILENT', { scheduling: 'SILENT' }, [noEffect]],
    ['INTERRUPT', { scheduling: 'INTERRUPT' }, [noEffect]],
    ['willContinue', { willContinue: true }, [open]],
  ])('to a blocking call is warned of if it has %s', (_, more, reasons) => {
    const warnings = ['BLOCKING', 'NON_BLOCKING'].map((behavior) => {
      const declared = { tools: [{ functionDeclarations: [{ name: 'g', behavior }] }] }
      const bench = new Bench({ script: [{ call: [{ name: 'g' }] }] }).send(setup(declared), text('a'))
      const response = { id: 'function-call-1', name: 'g', response: {}, ...more }
      bench.send({ toolResponse: { functionResponses: [response] } })
      return bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))
    })
    expect(warnings).toEqual([reasons, []])
  })
})

describe('a setup', () => {
  const family = (model: string, profile: string) =>
    `the setup asks for ${model}, but the profile is ${profile}: its messages and rules differ`
  const declaring = (schema: object) => ({ tools: [{ functionDeclarations: [{ name: 'f', ...schema }] }] })
  const emptyList =
    'the parameters of f have an empty list "required", for which real servers were seen to close with 1008'
  const ignored =
    'the parameters of f are in parametersJsonSchema, which such models were seen to ignore: their calls had no arguments; declare parameters'
  const affective = { generationConfig: { enableAffectiveDialog: true } }
  const removed =
    "in a setup of gemini-3.8, which its models do not have by Google's pages: real servers may refuse it"
  it.each<[EmulatorOptions['profile'] & string, string, object, readonly string[]]>([
    ['gemini-2.5', 'models/gemini-live-2.5-flash-preview', {}, []],
    ['gemini-2.5', 'models/gemini-2.0-flash-live-001', {}, []],
    [
      'gemini-2.5',
      'models/gemini-3.1-flash-live-preview',
      {},
      [family('models/gemini-3.1-flash-live-preview', 'gemini-2.5')],
    ],
    ['gemini-3.1', 'models/gemini-3.8-live', {}, [family('models/gemini-3.8-live', 'gemini-3.1')]],
    ['vertex', 'publishers/google/models/gemini-live-2.5-flash', {}, []],
    ['gemini-2.5', 'm', declaring({ parameters: { type: 'OBJECT', required: [] } }), [emptyList]],
    ['gemini-2.5', 'm', declaring({ parametersJsonSchema: { required: [] } }), [emptyList]],
    ['gemini-2.5', 'm', declaring({ parameters: { required: ['city'] } }), []],
    ['gemini-2.5', 'm', declaring({ parametersJsonSchema: true }), []],
    ['gemini-2.5', 'm', declaring({ parametersJsonSchema: { type: 'object', properties: {} } }), []],
    ['gemini-2.5', 'm', declaring({ parametersJsonSchema: { properties: { city: {} } } }), [ignored]],
    ['vertex', 'm', declaring({ parametersJsonSchema: { properties: { city: {} } } }), [ignored]],
    ['gemini-3.8', 'm', declaring({ parametersJsonSchema: { properties: { city: {} } } }), []],
    [
      'gemini-3.8',
      'm-extended-thinking',
      {
        generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } },
        ...declaring({ parametersJsonSchema: { properties: { city: {} } } }),
      },
      [ignored],
    ],
    ['gemini-2.5', 'm', { ...affective, tools: [{ googleSearch: {} }, { codeExecution: {} }] }, []],
    ['gemini-3.8', 'm', affective, [`enableAffectiveDialog ${removed}`]],
    ['gemini-3.8', 'm', { tools: [{ functionDeclarations: [] }, { googleSearch: {} }] }, []],
    [
      'gemini-3.8',
      'm',
      { tools: [{ codeExecution: {} }, { url_context: {}, googleSearch: {} }] },
      [`codeExecution ${removed}`, `urlContext ${removed}`],
    ],
  ])('on %s for %s with %j is warned of: %j', (profile, model, more, reasons) => {
    const bench = new Bench({ profile }).send(setup({ model, ...more }))
    const warnings = bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))
    expect([warnings, bench.seen().join().includes('setupComplete')]).toEqual([reasons, true])
  })
})

describe('a turn that no reply of the script fits', () => {
  it.each([
    ['of text', text('Hello'), 'no reply of the script fits this turn of text: the model says nothing'],
    [
      'of speech',
      audio(tone(100)),
      'no reply of the script fits this turn of speech: the model says nothing',
    ],
  ])('is warned of: %s', (_case, message, reason) => {
    const script = [{ say: 'Hm.', when: { turn: 'text', includes: 'rain' } }] as const
    const bench = new Bench({ script }).send(setup(), message, audioStreamEnd).wait(1000)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    const warnings = bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))
    expect(warnings).toEqual([reason])
  })
})

describe('a response without effect', () => {
  const script = [{ call: [{ name: 'f' }, { name: 'g' }], thenSay: 'Hm.' }]
  const respond = (id: string | undefined) => ({
    toolResponse: { functionResponses: [{ ...(id === undefined ? {} : { id }), name: 'f', response: {} }] },
  })

  it.each([
    ['that no call has', 'other', 'the response to "other" has no effect: no call has this id'],
    ['that it lacks', undefined, 'a response to f has no effect: it has no id'],
    [
      'of an answered call',
      'function-call-1',
      'the response to "function-call-1" has no effect: its call was answered',
    ],
    [
      'of a cancelled call',
      'function-call-2',
      'the response to "function-call-2" has no effect: its call was cancelled',
    ],
  ])('is warned of: its id is one %s', (_case, id, reason) => {
    const bench = new Bench({ script }).send(setup(), text('a'), respond('function-call-1'))
    bench.session.cancelCalls(['function-call-2'])
    bench.send(respond(id))
    expect(bench.session.log.at(-1)).toEqual({ kind: 'warning', atMs: 0, reason })
  })

  it.each<[string, Partial<EmulatorOptions>]>([
    ['on Vertex AI', { profile: 'vertex' }],
    ['if calls have no ids', { calls: { ids: 'omitted' } }],
  ])('is warned of %s: no call of its name is pending', (_case, options) => {
    const bench = new Bench({ ...options, script: [{ call: [{ name: 'f' }] }] }).send(setup(), text('a'))
    for (const id of [undefined, undefined, '']) bench.send(respond(id))
    const warnings = bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))
    const reason = 'a response to f has no effect: no call of this name is pending'
    expect(warnings).toEqual([reason, reason])
  })
})

describe('a response', () => {
  const idAlone = { id: 'function-call-1' }
  it.each<[string, object, string | undefined]>([
    ['all of it', { ...idAlone, name: 'f', response: {} }, undefined],
    [
      'another name',
      { ...idAlone, name: 'g', response: {} },
      'a response to "function-call-1" has the name "g", but its call the name "f"',
    ],
    [
      'no name',
      { ...idAlone, response: {} },
      'a response to "function-call-1" has no name; its call has the name "f"',
    ],
    ['no response', { ...idAlone, name: 'f' }, 'a response to "function-call-1" has no field "response"'],
    ['an id that no call has', { id: 'other', name: 'g' }, undefined],
  ])(
    'that has %s is accepted, with a violation if a field is missing or wrong',
    (_case, response, reason) => {
      const bench = new Bench({ script: [{ call: [{ name: 'f' }], thenSay: 'Hm.' }] })
      bench.send(setup(), text('a'), { toolResponse: { functionResponses: [response] } })
      const violations = bench.session.log.flatMap((entry) =>
        entry.kind === 'violation' ? [entry.reason] : [],
      )
      expect(violations).toEqual(reason === undefined ? [] : [reason])
      expect([bench.session.closed, bench.session.toolResponses.length]).toEqual([undefined, 1])
    },
  )
})

describe('calls', () => {
  const twoCalls = { call: [{ name: 'get_weather' }, { name: 'get_time', id: 'own' }], thenSay: 'Hm.' }

  it('of one message must all be answered before the model goes on', () => {
    const bench = new Bench({ script: [twoCalls] })
      .send(setup(), text('Hello'))
      .wait(100)
      .send(answer('own'))
      .wait(1000)
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 toolCall function-call-1 get_weather({}), own get_time({})',
    ])
    bench.send(answer('own'), answer('function-call-1')).wait(20)
    expect(bench.seen()).toEqual(['1100 audio: 2 messages, 3786 samples', '1120 generationComplete'])
    expect(bench.session.toolResponses.map(({ id, atMs, idWas }) => ({ id, atMs, idWas }))).toEqual([
      { id: 'own', atMs: 100, idWas: 'pending' },
      { id: 'own', atMs: 1100, idWas: 'answered' },
      { id: 'function-call-1', atMs: 1100, idWas: 'pending' },
    ])
  })

  it('that do not block do not delay a blocking call of the same message', () => {
    const tools = [{ functionDeclarations: [{ name: 'get_time', behavior: 'NON_BLOCKING' }] }]
    const bench = new Bench({ script: [twoCalls] }).send(setup({ tools }), text('Hello'))
    bench
      .send(answer('function-call-1'))
      .wait(1000)
      .send(audio(silence(20)), answer('own'))
    expect(bench.seen().slice(2)).toEqual([
      '0 audio: 2 messages, 3786 samples',
      '20 generationComplete',
      '157.75 turnComplete',
      '1000 audio: 1 messages, 2400 samples',
    ])
    expect(bench.session.toolResponses.map((response) => response.idWas)).toEqual(['pending', 'pending'])
  })

  it('of a second toolCall join the window, and the model goes on once', () => {
    const bench = new Bench({ script: [twoCalls] }).send(setup(), text('Hello')).wait(40)
    expect(bench.session.callTools([{ name: 'later', args: { n: 1 } }])).toEqual(['function-call-2'])
    bench.send(answer('own', 'function-call-1')).wait(9)
    expect(bench.seen().at(-1)).toBe('40 toolCall function-call-2 later({"n":1})')
    bench.send(answer('function-call-2')).wait(1000)
    expect(bench.seen()).toEqual([
      '49 audio: 2 messages, 3786 samples',
      '69 generationComplete',
      '206.75 turnComplete',
    ])
  })

  it('keep the grace time of the first toolCall of their window', () => {
    const bench = pendingCall().wait(40)
    bench.session.callTools([{ name: 'later' }])
    bench.seen()
    bench.wait(10).send(audio(silence(20)))
    expect(bench.seen()).toEqual([`50 ${unimplemented}`])
  })

  it('that are unknown are only recorded when a response names them', () => {
    const bench = pendingCall()
      .wait(100)
      .send(answer('function-call-9'), answer(''), {
        toolResponse: { functionResponses: [{ name: 'get_weather', response: {} }] },
      })
    expect(bench.seen()).toEqual([])
    expect(bench.session.toolResponses).toEqual([
      {
        atMs: 100,
        id: 'function-call-9',
        name: 'get_weather',
        response: { output: 12 },
        willContinue: false,
        idWas: 'unknown',
      },
      {
        atMs: 100,
        id: '',
        name: 'get_weather',
        response: { output: 12 },
        willContinue: false,
        idWas: 'unknown',
      },
      { atMs: 100, id: undefined, name: 'get_weather', response: {}, willContinue: false, idWas: 'unknown' },
    ])
  })

  it('are not settled by a response with willContinue', () => {
    const partial = { id: 'function-call-1', name: 'get_weather', response: {}, willContinue: true }
    const bench = pendingCall()
      .send({ toolResponse: { functionResponses: [partial] } })
      .wait(100)
    expect(bench.seen()).toEqual([])
    bench.send(audio(silence(20)))
    expect(bench.seen()).toEqual([`100 ${unimplemented}`])
    expect(bench.session.toolResponses).toEqual([{ ...partial, atMs: 0, idWas: 'pending' }])
  })

  it('that are cancelled no longer delay the model, and a late answer is recorded', () => {
    const bench = new Bench({ script: [twoCalls] }).send(setup(), text('Hello')).wait(10)
    bench.session.cancelCalls(['own'])
    bench.wait(10)
    expect(bench.seen().slice(-1)).toEqual(['10 toolCallCancellation own'])
    bench.session.cancelCalls(['function-call-1'])
    bench.send(answer('own')).wait(1000)
    expect(bench.seen()).toEqual([
      '20 toolCallCancellation function-call-1',
      '20 audio: 2 messages, 3786 samples',
      '40 generationComplete',
      '177.75 turnComplete',
    ])
    expect(bench.session.toolResponses.map((response) => response.idWas)).toEqual(['cancelled'])
  })

  it('made by a test stop the model, whose turn goes on after the answer', () => {
    const bench = new Bench({ script: [{ say: 'A sentence that lasts for a while.' }] }).send(
      setup(),
      text('Hello'),
    )
    bench.wait(30)
    bench.session.callTools([{ name: 'get_time' }])
    bench.wait(1000).send(answer('function-call-1')).wait(10_000)
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 audio: 2 messages, 4800 samples',
      '30 toolCall function-call-1 get_time({})',
      '1030 audio: 26 messages, 60573 samples',
      '1530 generationComplete',
      '3553.875 turnComplete',
    ])
  })

  it('made by a test that do not block let the model speak on, and so does their cancellation', () => {
    const tools = [{ functionDeclarations: [{ name: 'f', behavior: 'NON_BLOCKING' }] }]
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup({ tools }), text('Hello')).wait(10)
    const [id = ''] = bench.session.callTools([{ name: 'f' }])
    bench.session.cancelCalls([id])
    bench.wait(300)
    expect(bench.seen().slice(1, 7)).toEqual([
      '0 audio: 1 messages, 2400 samples',
      '10 toolCall function-call-1 f({})',
      '10 toolCallCancellation function-call-1',
      '20 audio: 1 messages, 1386 samples',
      '20 generationComplete',
      '157.75 turnComplete',
    ])
  })

  it('made by a test come after the end of a turn that was sent completely', () => {
    const bench = new Bench({ script: [{ say: 'Hm.' }] }).send(setup(), text('Hello')).wait(100)
    bench.session.callTools([{ name: 'get_time' }])
    expect(bench.seen().slice(-3)).toEqual([
      '20 generationComplete',
      '100 turnComplete',
      '100 toolCall function-call-1 get_time({})',
    ])
  })
})

describe('the protocol is enforced:', () => {
  const explicit =
    'close 1007 Explicit activity control is not supported when automatic activity detection is enabled.'
  const unreadable =
    'close 1007 error when processing input audio, please check if the inputaudio is in valid format: 16khz s16le pcm, mono channel.'
  const badAudio = (data: unknown, mimeType: string) => ({ realtimeInput: { audio: { data, mimeType } } })

  it.each<[string, readonly object[], string]>([
    ['a message before setup', [text('Hello')], invalid],
    ['a setup without a model', [{ setup: {} }], invalid],
    ['a setup with an empty model', [{ setup: { model: '' } }], invalid],
    ['a message of no known type', [{ hello: {} }], invalid],
    ['a message of two types', [{ ...setup(), clientContent: {} }], invalid],
    ['a list', [[]], invalid],
    ['a function without a name', [setup({ tools: [{ functionDeclarations: [{}] }] })], invalid],
    [
      'a function with an empty name',
      [setup({ tools: [{ functionDeclarations: [{ name: '' }] }] })],
      invalid,
    ],
    [
      'a negative silence',
      [setup({ realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs: -1 } } })],
      invalid,
    ],
  ])('%s ends the session', (_case, messages, close) => {
    expect(new Bench().send(...messages).seen()).toEqual([`0 ${close}`])
  })

  it.each<[string, readonly object[], string]>([
    ['a second setup', [setup()], invalid],
    ['a second setup, wrong by itself', [setup({ sessionResumption: { transparent: true } })], invalid],
    ['a message of no known type', [{ hello: {} }], invalid],
    ['activityStart in automatic mode', [activityStart], explicit],
    ['activityEnd in automatic mode', [activityEnd], explicit],
    [
      'activityStart with text in automatic mode',
      [{ realtimeInput: { activityStart: {}, text: 'Hello' } }],
      explicit,
    ],
    ['half a sample', [badAudio('AAAA', 'audio/pcm')], unreadable],
    ['audio that is not PCM', [badAudio('AAA=', 'audio/wav')], unreadable],
    ['audio of no rate', [badAudio('AAA=', 'audio/pcm;rate=0')], unreadable],
    ['audio that was not encoded', [badAudio({ 0: 1, 1: 2 }, 'audio/pcm')], invalid],
    ['audio that is not base64', [badAudio('A?==', 'audio/pcm')], invalid],
  ])('%s after setup ends the session', (_case, messages, close) => {
    const bench = new Bench().send(setup(), ...messages, text('Hello')).wait(1000)
    expect(bench.seen()).toEqual(['0 setupComplete', `0 ${close}`])
    expect(bench.session.log.map((entry) => entry.kind).slice(-2)).toEqual(['violation', 'close'])
    expect(bench.session.turns).toEqual([])
  })

  it.each(['', '{', 'null', '"setup"', '{"setup":null}', '\u0000'])(
    'the frame %j ends the session',
    (frame) => {
      const bench = new Bench()
      bench.session.receive(frame)
      expect(bench.seen()).toEqual([`0 ${invalid}`])
    },
  )

  it('unbalanced brackets, and audioStreamEnd in manual mode, are recorded as violations', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(setup(manualMode))
    bench
      .send(activityEnd)
      .wait(1)
      .send(activityStart)
      .wait(1)
      .send(activityStart)
      .wait(1)
      .send(audioStreamEnd)
    expect(bench.seen()).toEqual(['0 setupComplete'])
    expect(bench.session.log.filter((entry) => entry.kind === 'violation')).toEqual([
      { kind: 'violation', atMs: 0, reason: 'activityEnd without activityStart' },
      { kind: 'violation', atMs: 2, reason: 'activityStart inside a bracket' },
      { kind: 'violation', atMs: 3, reason: 'audioStreamEnd while automatic activity detection is off' },
    ])
    expect(bench.session.brackets).toEqual({ starts: 2, ends: 1, open: true, balanced: false })
    expect(bench.session.turns).toEqual([
      { source: 'brackets', startMs: 1, endMs: undefined, firstSample: 0, samples: 0 },
    ])
  })
})

describe('tolerance:', () => {
  it('a client that writes snake_case, URL-safe base64 and numbers as strings is understood', () => {
    const detection = { silence_duration_ms: '100', prefix_padding_ms: 20 }
    const bench = new Bench({ script: [{ call: [{ name: 'f' }], thenSay: 'Hm.' }] }).send({
      setup: {
        model: 'models/m',
        tools: [{ function_declarations: [{ name: 'f' }] }],
        output_audio_transcription: {},
        realtime_input_config: { automatic_activity_detection: detection },
      },
    })
    const data = (samples: Int16Array) => Buffer.from(samples.buffer).toString('base64url')
    bench.send({ realtime_input: { audio: { data: data(tone(20)), mime_type: 'audio/pcm; rate=16000' } } })
    bench.send({ realtime_input: { media_chunks: [{ data: data(silence(100)), mime_type: 'audio/pcm' }] } })
    bench.send({
      tool_response: { function_responses: [{ id: 'function-call-1', name: 'f', response: {} }] },
    })
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 toolCall function-call-1 f({})',
      '0 transcript "Hm."',
      '0 audio: 1 messages, 2400 samples',
    ])
    expect(bench.session.receivedAudio()).toEqual(Int16Array.from([...tone(20), ...silence(100)]))
  })

  it('null counts as absent', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(
      setup({ tools: null, realtimeInputConfig: null }),
    )
    bench.send({ realtimeInput: { text: 'Hello', audio: null, activityStart: null }, clientContent: null })
    expect(bench.session.receivedSignals()).toEqual([{ kind: 'text', atMs: 0, text: 'Hello' }])
    expect(bench.seen()).toEqual(['0 setupComplete'])
  })

  it.each([
    [undefined, {}],
    // In proto3 the same as none.
    ['', {}],
    ['audio/pcm', {}],
    ['Audio/PCM; RATE=8000', { sampleRate: 8000 }],
  ])('audio of the type %j is PCM', (mimeType, rate) => {
    const bench = new Bench().send(setup(), { realtimeInput: { audio: { data: 'AQA=', mimeType } } })
    expect(bench.session.log.at(-1)).toEqual({
      kind: 'received',
      atMs: 0,
      message: { type: 'realtimeInput', inputs: ['audio'], audioSamples: 1, ...rate },
    })
    expect(bench.session.receivedAudio()).toEqual(Int16Array.of(1))
  })

  it('of mediaChunks only the first is read', () => {
    const chunks = ['AQA=', 'AgA=', 'AwA='].map((data) => ({ data, mimeType: 'audio/pcm' }))
    const bench = new Bench().send(setup(), { realtimeInput: { mediaChunks: chunks } })
    expect(bench.session.receivedAudio()).toEqual(Int16Array.of(1))
  })

  it('mediaChunks are audio of a turn that the client marks', () => {
    const chunks = [{ data: 'AAAAAAAA', mimeType: 'audio/pcm' }]
    const bench = new Bench({ script: [{ silent: true }] }).send(
      setup(manualMode),
      activityStart,
      { realtimeInput: { mediaChunks: chunks } },
      activityEnd,
    )
    expect(bench.session.turns).toEqual([
      { source: 'brackets', startMs: 0, endMs: 0, firstSample: 0, samples: 3 },
    ])
  })

  it('empty mediaChunks are not input', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(setup(), {
      realtimeInput: { mediaChunks: [] },
    })
    expect(bench.session.log.at(-2)).toEqual({
      kind: 'received',
      atMs: 0,
      message: { type: 'realtimeInput', inputs: [], audioSamples: 0 },
    })
  })

  it('mediaChunks and an empty message cause one warning each', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(setup())
    const chunks = { realtimeInput: { mediaChunks: [{ data: 'AAA=', mimeType: 'audio/pcm' }] } }
    bench.send(chunks, { realtimeInput: {} }, chunks, { realtimeInput: {} })
    expect(bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))).toEqual([
      'mediaChunks are deprecated, and real servers were seen to close with 1007 for them; send audio, video or text',
      'a realtimeInput without any input, for which real servers were seen to close with 1008',
    ])
  })

  const content = { clientContent: { turns: [{ role: 'user', parts: [{ text: 'a' }] }], turnComplete: true } }
  const ofContent =
    'clientContent without historyConfig, for which real servers of 3.1 were seen to close with 1007; send realtimeInput.text'

  it.each<[string, ProfileName, object, readonly object[], readonly string[]]>([
    ['client content on 3.1', 'gemini-3.1', {}, [content, content], [ofContent]],
    [
      'client content that may be history',
      'gemini-3.1',
      { historyConfig: { initialHistoryInClientContent: true } },
      [content],
      [],
    ],
    ['client content on 2.5', 'gemini-2.5', {}, [content], []],
    [
      'an empty tool response',
      'gemini-2.5',
      {},
      [{ toolResponse: {} }, { toolResponse: { functionResponses: [] } }],
      ['a toolResponse without any response, which has no effect'],
    ],
  ])('%s on %s with %j is warned of once, or not at all', (_case, profile, more, messages, warnings) => {
    const bench = new Bench({ profile, script: [{ silent: true }] })
    bench.send(setup({ model: 'models/m', ...more }), ...messages)
    expect(bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : []))).toEqual(
      warnings,
    )
  })

  it('mediaChunks cause no warning on Vertex AI, whose guide sends them', () => {
    const bench = new Bench({ profile: 'vertex', script: [{ silent: true }] }).send(setup())
    bench.send({ realtimeInput: { mediaChunks: [{ data: 'AAA=', mimeType: 'audio/pcm' }] } })
    expect(bench.session.log.at(-1)?.kind).toBe('received')
  })

  it('an unknown scheduling is ignored', () => {
    const bench = new Bench({ script: [{ silent: true }] }).send(setup())
    for (const response of [{ scheduling: 'WHEN_IDLE' }, { scheduling: 'LATER' }])
      bench.send({ toolResponse: { functionResponses: [{ id: 'a', name: 'f', response }] } })
    expect(bench.session.toolResponses.map(({ scheduling }) => scheduling)).toEqual(['WHEN_IDLE', undefined])
  })

  it('a video, a context update and unknown fields are accepted', () => {
    const bench = new Bench().send(
      { ...setup({ futureField: 1 }), extra: true },
      { realtimeInput: { video: { data: '_9g=', mime_type: 'image/jpeg' } } },
      { realtimeInput: { mediaChunks: [{ data: '/9g=', mimeType: 'image/jpeg' }] } },
      { contextUpdate: { tools: { tools: [] } } },
    )
    expect(bench.seen()).toEqual(['0 setupComplete'])
    expect(
      bench.session.log.map((entry) => (entry.kind === 'received' ? entry.message.type : entry.kind)),
    ).toEqual(['setup', 'warning', 'sent', 'realtimeInput', 'realtimeInput', 'warning', 'contextUpdate'])
  })
})
