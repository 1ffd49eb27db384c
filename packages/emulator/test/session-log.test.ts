import { describe, expect, it } from 'vitest'
import type { JsonObject, LogEntry } from '../src/index.ts'
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

describe('the log of a session', () => {
  it('contains all that happened, in order and without audio data', () => {
    const bench = new Bench({ script: [{ call: [{ name: 'get_time' }], thenSay: 'A' }] })
    const given = { id: 'function-call-1', name: 'get_time', response: { output: 12 } }
    bench.send(setup({ tools: [], outputAudioTranscription: {}, ...manualMode })).wait(10)
    bench
      .send(activityStart, audio(silence(20)))
      .wait(20)
      .send(activityEnd)
      .wait(30)
      .send({ toolResponse: { functionResponses: [given] } })
      .wait(100)
    bench.send(
      { realtimeInput: { audio: { data: '' }, text: 'a', video: {} } },
      { contextUpdate: {} },
      setup(),
    )
    const { session } = bench
    const setupMessage = {
      model: 'models/gemini-2.5-flash-native-audio',
      tools: [],
      outputAudioTranscription: {},
      ...manualMode,
    }
    const response = { ...given, willContinue: false }
    const second = (setup() as { setup: JsonObject }).setup
    expect(session.log).toEqual([
      { kind: 'received', atMs: 0, message: { type: 'setup', setup: setupMessage } },
      { kind: 'sent', atMs: 0, message: { type: 'setupComplete' } },
      {
        kind: 'received',
        atMs: 10,
        message: { type: 'realtimeInput', inputs: ['activityStart'], audioSamples: 0 },
      },
      {
        kind: 'received',
        atMs: 10,
        message: { type: 'realtimeInput', inputs: ['audio'], audioSamples: 320 },
      },
      {
        kind: 'received',
        atMs: 30,
        message: { type: 'realtimeInput', inputs: ['activityEnd'], audioSamples: 0 },
      },
      {
        kind: 'sent',
        atMs: 30,
        message: { type: 'toolCall', calls: [{ name: 'get_time', args: {}, id: 'function-call-1' }] },
      },
      { kind: 'received', atMs: 60, message: { type: 'toolResponse', responses: [response] } },
      { kind: 'sent', atMs: 60, message: { type: 'transcript', text: 'A' } },
      { kind: 'sent', atMs: 60, message: { type: 'audio', samples: 1262 } },
      { kind: 'sent', atMs: 80, message: { type: 'generationComplete' } },
      {
        kind: 'sent',
        atMs: expect.closeTo(60 + 1262 / 24) as number,
        message: {
          type: 'turnComplete',
          usage: { prompt: { AUDIO: 1, TEXT: 0 }, response: { TEXT: 3, AUDIO: 2 } },
        },
      },
      {
        kind: 'received',
        atMs: 160,
        message: { type: 'realtimeInput', inputs: ['audio', 'video', 'text'], audioSamples: 0, text: 'a' },
      },
      {
        kind: 'sent',
        atMs: 160,
        message: { type: 'toolCall', calls: [{ name: 'get_time', args: {}, id: 'function-call-2' }] },
      },
      { kind: 'received', atMs: 160, message: { type: 'contextUpdate' } },
      { kind: 'received', atMs: 160, message: { type: 'setup', setup: second } },
      { kind: 'violation', atMs: 160, reason: 'a second setup' },
      { kind: 'close', atMs: 160, code: 1007, reason: 'Request contains an invalid argument.', by: 'server' },
    ] satisfies readonly LogEntry[])
    expect(session.setup).toEqual(setupMessage)
    expect(session.toolResponses).toEqual([{ ...response, atMs: 60, idWas: 'pending' }])
  })

  it('contains a setup without credentials and media, which the session keeps as received', () => {
    const given = (secret: string, query: string) => ({
      model: 'models/m',
      tools: [
        {
          mcpServers: [
            {
              streamableHttpTransport: { url: `https://a.b/c?${query}`, headers: { Authorization: secret } },
            },
          ],
        },
        { retrieval: { external_api: { api_auth: { api_key_config: { api_key_string: secret } } } } },
        { googleMaps: { authConfig: { apiKey: secret } } },
        {
          functionDeclarations: [{ name: 'f', parameters: { properties: { headers: { type: 'STRING' } } } }],
        },
      ],
      systemInstruction: { parts: [{ inlineData: { mimeType: 'image/png', data: secret } }, { text: 'Hi' }] },
      generationConfig: {
        speechConfig: { voiceConfig: { replicatedVoiceConfig: { voice_sample_audio: secret } } },
      },
    })
    const bench = new Bench().send({ setup: given('c2VjcmV0', 'key=c2VjcmV0') })
    const [first] = bench.session.log
    expect(first).toEqual({ kind: 'received', atMs: 0, message: { type: 'setup', setup: given('…', '…') } })
    expect(bench.session.setup).toEqual(given('c2VjcmV0', 'key=c2VjcmV0'))
  })

  it('is reported with the frame of each message of the client, as received', () => {
    const told: unknown[] = []
    const bench = new Bench({
      script: [{ silent: true }],
      onEntry: ({ kind }, session, frame) => told.push([kind, session.number, frame]),
    })
    const sent = [setup(), audio(silence(20)), { contextUpdate: { tools: {} } }]
    bench.send(...sent)
    bench.session.receive('{ "realtimeInput" : { "video" : { } } }')
    bench.session.receive('none')
    const [first, ...others] = sent.map((message) => ['received', 1, JSON.stringify(message)])
    expect(told).toEqual([
      first,
      ['sent', 1, undefined],
      ...others,
      ['received', 1, '{ "realtimeInput" : { "video" : { } } }'],
      ['violation', 1, undefined],
      ['close', 1, undefined],
    ])
  })

  it('contains the samples of each audio message, and their rate unless it is 16 kHz', () => {
    const bench = new Bench().send(setup(), ...[20, 20, 40, 20].map((ms) => audio(silence(ms))))
    bench.send(...[8, 24].map((kilohertz) => audio(silence(20), `audio/pcm;rate=${kilohertz}000`)))
    bench.send({ realtimeInput: { audio: { data: 'AAA=', mimeType: 'audio/pcm;rate=8000' }, text: 'a' } })
    const samples = bench.session.log.flatMap((entry) =>
      entry.kind === 'received' && entry.message.type === 'realtimeInput'
        ? [[entry.message.audioSamples, entry.message.sampleRate]]
        : [],
    )
    expect(samples).toEqual([
      [320, undefined],
      [320, undefined],
      [640, undefined],
      [320, undefined],
      [320, 8000],
      [320, 24_000],
      [1, 8000],
    ])
  })

  it('does not change after the end', () => {
    const bench = new Bench().send(setup(), text('Hello'))
    bench.session.drop()
    const length = bench.session.log.length
    bench.send(text('Hello'), answer('function-call-1')).wait(10_000)
    bench.session.disconnected(1006, '')
    bench.session.close(1000, '')
    expect(bench.session.log).toHaveLength(length)
    expect(bench.session.closed).toEqual({ code: 1006, reason: '', by: 'server' })
    expect(bench.seen().slice(2)).toEqual(['0 drop'])
  })

  it('ends the speech of the model with the session', () => {
    const bench = new Bench({ script: [{ say: 'A sentence that lasts for a while.' }] }).send(
      setup(),
      text('Hello'),
    )
    bench.session.disconnected(1000, 'bye')
    bench.seen()
    expect(bench.wait(10_000).seen()).toEqual([])
    expect(bench.clock.pendingTimers).toBe(0)
    expect(bench.session.closed).toEqual({ code: 1000, reason: 'bye', by: 'client' })
  })
})

describe('brackets', () => {
  it.each([
    ['none', [], { starts: 0, ends: 0, open: false, balanced: true }],
    ['one', [activityStart, activityEnd], { starts: 1, ends: 1, open: false, balanced: true }],
    [
      'one and a half',
      [activityStart, activityEnd, activityStart],
      { starts: 2, ends: 1, open: true, balanced: true },
    ],
    ['an end alone', [activityEnd], { starts: 0, ends: 1, open: false, balanced: false }],
    [
      'an end too late',
      [activityEnd, activityStart, activityEnd],
      { starts: 1, ends: 2, open: false, balanced: false },
    ],
  ])('%s', (_case, messages, brackets) => {
    const bench = new Bench({ script: [{ silent: true }] }).send(setup(manualMode), ...messages)
    expect(bench.session.brackets).toEqual(brackets)
  })
})
