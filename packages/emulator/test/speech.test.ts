import { describe, expect, it } from 'vitest'
import { profileNamed } from '../src/profile.ts'
import { framesOf, type ServerMessage } from '../src/server-frames.ts'
import { inputTranscript, transcriptFragments, utteranceSteps } from '../src/speech.ts'
import { speak } from '../src/voice.ts'
import { joinSamples } from './bench.ts'

describe('framesOf', () => {
  it.each<[ServerMessage, object]>([
    [{ type: 'setupComplete' }, { setupComplete: {} }],
    [
      { type: 'toolCall', calls: [{ name: 'f', args: { a: 1 }, id: 'function-call-1' }] },
      { toolCall: { functionCalls: [{ name: 'f', args: { a: 1 }, id: 'function-call-1' }] } },
    ],
    [{ type: 'toolCallCancellation', ids: ['a', 'b'] }, { toolCallCancellation: { ids: ['a', 'b'] } }],
    [{ type: 'transcript', text: ' rain' }, { serverContent: { outputTranscription: { text: ' rain' } } }],
    [
      { type: 'audio', samples: Int16Array.of(1, -2) },
      {
        serverContent: {
          modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: 'AQD+/w==' } }] },
        },
      },
    ],
    [{ type: 'generationComplete' }, { serverContent: { generationComplete: true } }],
    [{ type: 'interrupted' }, { serverContent: { interrupted: true } }],
    [
      { type: 'turnComplete', usage: { prompt: { TEXT: 0, AUDIO: 0 }, response: { TEXT: 0, AUDIO: 0 } } },
      { serverContent: { turnComplete: true }, usageMetadata: {} },
    ],
    [{ type: 'sessionResumptionUpdate', handle: '', resumable: false }, { sessionResumptionUpdate: {} }],
  ])('writes %o', (message, frame) => {
    expect(framesOf([message], profileNamed('gemini-2.5'))).toEqual([`${JSON.stringify(frame, null, 2)}\n`])
  })
})

describe('the usage of a turn', () => {
  const prompt = { TEXT: 2, AUDIO: 20 }
  const TEXT = { modality: 'TEXT', tokenCount: 7 }
  const AUDIO = { modality: 'AUDIO', tokenCount: 26 }
  const speech = { TEXT: 0, AUDIO: 26 }
  const call = { TEXT: 7, AUDIO: 0 }
  const both = { TEXT: 7, AUDIO: 26 }
  const none = { TEXT: 0, AUDIO: 0 }

  it.each([
    ['gemini-2.5', both, { responseTokenCount: 33, responseTokensDetails: [TEXT, AUDIO] }],
    ['gemini-2.5', speech, { responseTokenCount: 26, responseTokensDetails: [AUDIO] }],
    ['gemini-2.5', none, {}],
    // A call counts, but in no modality.
    ['gemini-3.1', both, { responseTokenCount: 33, responseTokensDetails: [AUDIO] }],
    ['gemini-3.8', call, { responseTokenCount: 7 }],
    ['vertex', both, { candidatesTokenCount: 33, candidatesTokensDetails: [TEXT, AUDIO] }],
    ['vertex', speech, { candidatesTokenCount: 26, candidatesTokensDetails: [AUDIO] }],
    // Audio is listed even without a count.
    ['vertex', call, { candidatesTokenCount: 7, candidatesTokensDetails: [TEXT, { modality: 'AUDIO' }] }],
    ['vertex', none, {}],
  ] as const)('is written by %s for %j as %j', (profile, response, counts) => {
    const [frame = ''] = framesOf(
      [{ type: 'turnComplete', usage: { prompt, response } }],
      profileNamed(profile),
    )
    expect(JSON.parse(frame).usageMetadata).toEqual({
      promptTokenCount: 22,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 2 },
        { modality: 'AUDIO', tokenCount: 20 },
      ],
      totalTokenCount: 22 + response.TEXT + response.AUDIO,
      ...counts,
    })
  })
})

describe('framesOf on 3.1', () => {
  it('sends a transcript with the audio after it, and earlier transcripts alone', () => {
    const messages: readonly ServerMessage[] = [
      { type: 'transcript', text: 'It is' },
      { type: 'transcript', text: ' noon.' },
      { type: 'audio', samples: Int16Array.of(1) },
    ]
    expect(
      framesOf(messages, profileNamed('gemini-3.1')).map((frame) => JSON.parse(frame).serverContent),
    ).toEqual([
      { outputTranscription: { text: 'It is' } },
      {
        modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: 'AQA=' } }] },
        outputTranscription: { text: ' noon.' },
      },
    ])
  })
})

describe('what was heard', () => {
  const part = (text: string) => ({ type: 'inputTranscript', text })
  const inFragments = [part(' Are you still'), part(' there?')]

  it.each([
    ['gemini-2.5', inFragments],
    ['gemini-3.1', [part('Are you still there?')]],
    ['gemini-3.8', [part('Are you still there?')]],
    ['vertex', [...inFragments, { ...part(''), finished: true }]],
  ] as const)('is transcribed by %s as %j', (profile, messages) => {
    expect(inputTranscript(' Are you still there? ', profileNamed(profile))).toEqual(messages)
  })
})

describe('an utterance', () => {
  it('is transcribed on Vertex AI before its audio', () => {
    const utterance = { text: 'A sentence that lasts.', transcribed: true, written: false }
    const [first = [], ...others] = utteranceSteps(utterance, profileNamed('vertex'))
    expect(first.slice(0, -1)).toEqual([
      { type: 'transcript', text: '' },
      { type: 'transcript', text: 'A sentence that' },
      { type: 'transcript', text: ' lasts.' },
      { type: 'transcript', text: '', finished: true },
    ])
    expect([first.at(-1), ...others.flat()].map((message) => message?.type)).toEqual([
      ...Array.from({ length: others.length + 1 }, () => 'audio'),
      'generationComplete',
    ])
  })

  it.each([
    ['gemini-2.5', ['It is twelve', ' degrees in Dublin,', ' with light rain.']],
    ['gemini-3.1', ['It is twelve', ' degrees in Dublin,', ' with light rain.']],
    ['gemini-3.8', ['It is twelve ', 'degrees in Dublin,', ' with light rain.']],
  ] as const)('is transcribed by %s in fragments with the spaces between them: %j', (profile, fragments) => {
    const text = 'It is twelve degrees in Dublin, with light rain.'
    const steps = utteranceSteps({ text, transcribed: true, written: false }, profileNamed(profile))
    expect(steps.flat().flatMap((message) => (message.type === 'transcript' ? message.text : []))).toEqual(
      fragments,
    )
  })

  it.each(['gemini-2.5', 'gemini-3.8'] as const)('of one fragment ends with no space on %s', (profile) => {
    expect(transcriptFragments('It is noon.', profileNamed(profile))).toEqual(['It is noon.'])
  })

  it.each([
    'It is twelve degrees in Dublin, with light rain.',
    'A',
    'One two three four five six seven eight nine ten',
  ])('sends all audio and transcript before its end: %s', (text) => {
    const messages = utteranceSteps(
      { text, transcribed: true, written: false },
      profileNamed('gemini-2.5'),
    ).flat()
    const of = <Type extends ServerMessage['type']>(type: Type) =>
      messages.filter((message): message is Extract<ServerMessage, { type: Type }> => message.type === type)
    expect(joinSamples(of('audio').map((message) => message.samples))).toEqual(speak(text))
    expect(
      of('transcript')
        .map((message) => message.text)
        .join(''),
    ).toBe(text)
    expect(messages.at(-1)).toEqual({ type: 'generationComplete' })
  })
})

describe('the voice', () => {
  const loudest = (samples: Int16Array) =>
    samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

  it('has recordings of two sentences', () => {
    const weather = speak('It is twelve degrees in Dublin, with light rain.')
    const umbrella = speak('Yes, take an umbrella.')
    expect([weather.length, umbrella.length]).toEqual([60_573, 31_260])
    expect(Math.min(loudest(weather), loudest(umbrella))).toBeGreaterThan(5000)
    expect(umbrella.slice(0, 1000)).not.toEqual(weather.slice(0, 1000))
  })

  it('repeats or cuts one of them for any other text, by its length', () => {
    const weather = speak('It is twelve degrees in Dublin, with light rain.')
    const half = speak('x'.repeat(24))
    const double = speak('x'.repeat(96))
    expect(half).toEqual(weather.slice(0, 30_287))
    expect(double).toEqual(joinSamples([weather, weather]))
  })
})
