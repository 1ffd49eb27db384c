import { describe, expect, it } from 'vitest'
import { doubtsAbout, readConnectionRequest } from '../src/connection-request.ts'
import type { ConnectionRequest, ProfileName } from '../src/index.ts'
import type { MessageName } from '../src/protocol/protocol.ts'
import { readMessage } from '../src/protocol/read-message.ts'
import { Bench, setup, text } from './bench.ts'

const tolerant = { strict: false }

describe('a message is read:', () => {
  it.each<[string, MessageName, object, object]>([
    [
      'in camelCase and snake_case at every level',
      'ClientMessage',
      {
        setup: {
          generation_config: {
            speechConfig: { voice_config: { prebuilt_voice_config: { voiceName: 'Kore' } } },
          },
        },
      },
      {
        setup: {
          generationConfig: { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } } },
        },
      },
    ],
    ['with standard base64', 'Blob', { data: '/9g=' }, { data: Buffer.from([0xff, 0xd8]) }],
    ['with URL-safe base64, unpadded', 'Blob', { data: '_9g' }, { data: Buffer.from([0xff, 0xd8]) }],
    ['with int64 as a string', 'SlidingWindow', { targetTokens: '12800' }, { targetTokens: 12_800 }],
    [
      'with int64 in floating point',
      'SlidingWindow',
      { targetTokens: '-1.28E+4' },
      { targetTokens: -12_800 },
    ],
    [
      'with the largest int64',
      'SlidingWindow',
      { targetTokens: '9223372036854775807' },
      { targetTokens: 2 ** 63 },
    ],
    ['with int64 as a number', 'SlidingWindow', { target_tokens: 12_800 }, { targetTokens: 12_800 }],
    ['with an enum by number', 'FunctionDeclaration', { behavior: 2 }, { behavior: 'NON_BLOCKING' }],
    ['with an enum by name', 'FunctionDeclaration', { behavior: 'BLOCKING' }, { behavior: 'BLOCKING' }],
    ['with the least int32', 'GenerationConfig', { seed: -(2 ** 31) }, { seed: -(2 ** 31) }],
    [
      'with a part that has more than its data',
      'Part',
      { text: 'a', inlineData: null, thought: true },
      { text: 'a', thought: true },
    ],
    ['with a number that the enum does not know', 'FunctionDeclaration', { behavior: 9 }, { behavior: 9 }],
    ['with a duration', 'GoAway', { timeLeft: '9.5s' }, { timeLeft: 9500 }],
    ['with null for absence', 'Blob', { data: null, mimeType: 'a/b' }, { mimeType: 'a/b' }],
    [
      'without what the protocol does not know',
      'Blob',
      { data: '', foo: 1, __proto__: {} },
      { data: Buffer.alloc(0) },
    ],
    [
      'with JSON that is not looked into',
      'Tool',
      { googleSearch: { a_b: null } },
      { googleSearch: { a_b: null } },
    ],
  ])('%s', (_case, name, json, message) => {
    expect(readMessage(name, json, tolerant)).toEqual(message)
  })

  it.each<[MessageName, unknown, string]>([
    ['ClientMessage', [], 'the message is not an object'],
    ['ClientMessage', { setup: { tools: {} } }, 'setup.tools is not a list'],
    [
      'Setup',
      { tools: [{ functionDeclarations: [{ name: 1 }] }] },
      'tools[0].functionDeclarations[0].name is not a string',
    ],
    ['Setup', { explicitVadSignal: 'true' }, 'explicitVadSignal is not true or false'],
    ['Blob', { mimeType: 'a', mime_type: 'a' }, 'mimeType appears twice'],
    ['Blob', { data: 'A?==' }, 'data is not base64'],
    ['Blob', { data: 'AAAAA' }, 'data is not base64'],
    ['Blob', { data: 'A==' }, 'data is not base64'],
    ['SlidingWindow', { targetTokens: 1.5 }, 'targetTokens is not an integer'],
    ['SlidingWindow', { targetTokens: '0x10' }, 'targetTokens is not an integer'],
    ['SlidingWindow', { targetTokens: ' 1' }, 'targetTokens is not an integer'],
    ['SlidingWindow', { targetTokens: 1e300 }, 'targetTokens is not an integer of 64 bits'],
    ['SlidingWindow', { targetTokens: '' }, 'targetTokens is not an integer'],
    [
      'AutomaticActivityDetection',
      { silenceDurationMs: 2 ** 31 },
      'silenceDurationMs is not an integer of 32 bits',
    ],
    ['GenerationConfig', { seed: -(2 ** 31) - 1 }, 'seed is not an integer of 32 bits'],
    [
      'ClientContent',
      { turns: [{ parts: [{ text: 'a' }, { text: 'b', inlineData: {} }] }] },
      'turns[0].parts[1] has text and inlineData',
    ],
    ['GenerationConfig', { topP: 'much' }, 'topP is not a number'],
    ['GoAway', { timeLeft: 9 }, 'timeLeft is not a duration such as "9.5s"'],
    ['SafetySetting', { category: {} }, 'category is not a name or its number'],
    ['FunctionResponse', { response: 'sunny' }, 'response is not an object'],
    [
      'AutomaticActivityDetection',
      { startOfSpeechSensitivity: 'START_SENSITIVITY_MEDIUM' },
      'startOfSpeechSensitivity is none of START_SENSITIVITY_HIGH, START_SENSITIVITY_LOW',
    ],
  ])('but refused: %s %j', (name, json, problem) => {
    expect(() => readMessage(name, json, tolerant)).toThrow(problem)
  })
})

describe('a strict reader knows', () => {
  const media = {
    mediaProcessing: 'AGENTIC',
    mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' },
    videoMetadata: { fps: 1 },
    documentMetadata: {},
    spreadsheetMetadata: {},
    audioMetadata: {},
  }
  it.each<[string, MessageName, object]>([
    ['metadata of media', 'Part', { inlineData: {}, ...media }],
    ['metadata of media in a response', 'FunctionResponsePart', { inlineData: {}, ...media }],
    ['metadata of text', 'Part', { text: 'a', speechMetadata: { speaker: 'b' }, partMetadata: {} }],
    ['a transcription', 'Part', { audioTranscription: { text: 'a' } }],
    ['a call that the server ran', 'Part', { toolCall: { id: '1', toolType: 'GOOGLE_SEARCH_WEB' } }],
    ['the response to it', 'Part', { toolResponse: { id: '1', response: {} } }],
  ])('%s', (_case, name, json) => {
    expect(Object.keys(readMessage(name, json, { strict: true }))).toEqual(Object.keys(json))
  })
})

describe('the request for a connection', () => {
  const gemini = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
  const vertex = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent'
  const asked = { api: 'gemini', version: 'v1beta', constrained: false } as const
  it.each<[string, Record<string, string>, object | undefined]>([
    [`${gemini}?key=k`, {}, { ...asked, credential: 'key' }],
    [gemini, { 'x-goog-api-key': 'k' }, { ...asked, credential: 'key' }],
    [gemini, {}, { ...asked, credential: 'none' }],
    [
      `${gemini}Constrained?access_token=auth_tokens/t`,
      {},
      { ...asked, constrained: true, credential: 'token' },
    ],
    [
      `/prefix/${gemini}Constrained`,
      { 'x-goog-api-key': 'auth_tokens/t', authorization: 'Token auth_tokens/t' },
      { ...asked, constrained: true, credential: 'token' },
    ],
    [
      `/${vertex}`,
      { authorization: 'Bearer t' },
      { ...asked, api: 'vertex', version: 'v1beta1', credential: 'bearer' },
    ],
    [vertex, { 'x-goog-api-key': 'k' }, { ...asked, api: 'vertex', version: 'v1beta1', credential: 'key' }],
    [`/elsewhere?x=${gemini}`, {}, undefined],
  ])('%s with %j', (url, headers, request) => {
    expect(readConnectionRequest({ url, headers })).toEqual(request)
  })
})

describe('a doubtful request', () => {
  const request = { api: 'gemini', version: 'v1alpha', constrained: true, credential: 'token' } as const
  const needed = 'an ephemeral token needs BidiGenerateContentConstrained of v1alpha or v1beta'
  it.each<[string, Partial<ConnectionRequest>, ProfileName, readonly string[]]>([
    ['nothing', {}, 'gemini-3.1', []],
    ['a token for the usual method', { constrained: false }, 'gemini-2.5', [needed]],
    ['nothing, as in the newer guide', { version: 'v1beta' }, 'gemini-2.5', []],
    ['a token for another version', { version: 'v1' }, 'gemini-2.5', [needed]],
    [
      'no token for the constrained method',
      { credential: 'key' },
      'gemini-2.5',
      ['BidiGenerateContentConstrained needs an ephemeral token'],
    ],
    [
      'a client of the other API',
      { api: 'vertex', version: 'v1', constrained: false, credential: 'bearer' },
      'gemini-2.5',
      ['a client of Vertex AI, but the profile is gemini-2.5'],
    ],
  ])('is warned of: %s', (_case, change, profile, warnings) => {
    expect(doubtsAbout({ ...request, ...change }, profile)).toEqual(warnings)
  })
})

describe('strict', () => {
  it.each([
    [{ ...setup(), extra: 1 }, `Unknown name "extra": Cannot find field.`],
    [setup({ toolConfig: {} }), `Unknown name "toolConfig" at 'setup': Cannot find field.`],
  ])('refuses unknown fields: %j', (message, reason) => {
    const bench = new Bench({ strict: true }).send(message)
    expect(bench.seen()).toEqual([`0 close 1007 Invalid JSON payload received. ${reason}`])
  })

  it('is recommended by a warning about unknown fields, of each once and of twenty in all', () => {
    const bench = new Bench({ script: [{ silent: true }] })
    const warned = () =>
      bench.session.log.flatMap((entry) => (entry.kind === 'warning' ? [entry.reason] : [])).slice(-1)
    const warningOf = (fields: string) =>
      `${fields}: not in the protocol, and ignored; real servers close with 1007 for it by all reports, as \`strict\` does`
    bench.send({ ...setup({ tools: [{ functions: [] }], toolConfig: {} }), extra: 1 })
    expect(warned()).toEqual([warningOf('setup.tools[0].functions, setup.toolConfig, extra')])
    bench.send({ ...text('a'), extra: 1 })
    expect(bench.session.log.at(-1)?.kind).toBe('received')
    bench.send({ ...text('a'), ['y'.repeat(300)]: 1 })
    expect(warned()).toEqual([warningOf(`${'y'.repeat(100)}…`)])
    const names = Array.from({ length: 30 }, (_, index) => `y${index}`)
    bench.send({ ...text('a'), ...Object.fromEntries(names.map((name) => [name, 1])) })
    expect(warned()).toEqual([warningOf(names.slice(0, 16).join(', '))])
  })

  it('cuts the reason to what a close frame carries', () => {
    const { session } = new Bench({ strict: true }).send({ [`a${'ä'.repeat(200)}`]: 1 })
    expect(Buffer.byteLength(session.closed?.reason ?? '')).toBe(122)
  })

  it('accepts all known fields', () => {
    expect(new Bench({ strict: true, script: [{ silent: true }] }).send(setup(), text('a')).seen()).toEqual([
      '0 setupComplete',
    ])
  })
})

describe('the setup', () => {
  it('may take ten seconds', () => {
    const bench = new Bench().wait(9999)
    expect(bench.seen()).toEqual([])
    expect(bench.wait(1).seen()).toEqual([
      '10000 close 1011 Deadline expired before operation could complete.',
    ])
    expect(bench.session.log[0]).toEqual({
      kind: 'violation',
      atMs: 10_000,
      reason: 'no setup within 10000 ms',
    })
  })

  it('has its whole time once the server reads again', () => {
    const bench = new Bench()
    bench.session.inject({ fault: 'stop-reading', forMs: 15_000 })
    bench.wait(24_999)
    expect(bench.seen()).toEqual(['0 stops reading', '15000 reads'])
    expect(bench.wait(1).seen()).toEqual([
      '25000 close 1011 Deadline expired before operation could complete.',
    ])
    const begun = new Bench().send(setup())
    begun.session.inject({ fault: 'stop-reading', forMs: 15_000 })
    expect([begun.wait(60_000).session.closed, begun.clock.pendingTimers]).toEqual([undefined, 0])
    const left = new Bench()
    left.session.inject({ fault: 'stop-reading', forMs: 15_000 })
    left.session.disconnected(1006, '')
    expect(left.clock.pendingTimers).toBe(0)
  })

  it('stops its timer when it comes, and so does the end', () => {
    expect(new Bench({ setupTimeoutMs: 5 }).send(setup()).wait(9).seen()).toEqual(['0 setupComplete'])
    const bench = new Bench()
    bench.session.disconnected(1000, '')
    expect(bench.clock.pendingTimers).toBe(0)
  })
})

describe('a message without a known field', () => {
  const known = 'known are setup, clientContent, realtimeInput, toolResponse, contextUpdate'
  it.each([
    [{}, `the message has no field; ${known}`],
    [{ setup: null }, `the message has no field; ${known}`],
    [{ realtimeinput: {}, x: 1 }, `the message has only unknown fields: realtimeinput, x; ${known}`],
    [{ ['y'.repeat(300)]: 1 }, `the message has only unknown fields: ${'y'.repeat(100)}…; ${known}`],
  ])('is refused by the names of its fields: %#', (message, reason) => {
    const bench = new Bench().send(setup(), message)
    expect(bench.session.log.at(-2)).toMatchObject({ kind: 'violation', reason })
  })
})
