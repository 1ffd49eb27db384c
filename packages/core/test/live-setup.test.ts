import { describe, expect, it } from 'vitest'
import {
  type ClientContent,
  type LiveConfig,
  type LiveContextUpdate,
  toClientContent,
  toContextUpdate,
  toSetup,
} from '../src/wire.ts'

describe('toSetup', () => {
  it.each<[string, string]>([
    ['gemini-3.8-live', 'models/gemini-3.8-live'],
    ['models/gemini-3.8-live', 'models/gemini-3.8-live'],
    ['tunedModels/mine', 'tunedModels/mine'],
    [
      'projects/p/locations/l/publishers/google/models/m',
      'projects/p/locations/l/publishers/google/models/m',
    ],
  ])('names the model %s %s', (model, name) => {
    expect(toSetup(model)).toEqual({ model: name })
  })

  it.each([undefined, '', 5, ['m'], {}])('refuses a model of %j', (model) => {
    expect(() => toSetup(model as string)).toThrow('model must be the name of a model; got')
  })

  it.each([
    ['abortSignal', {}],
    ['httpOptions', { headers: { authorization: 'Bearer secret' } }],
  ])('refuses %s, which the SDK keeps for itself and the server does not know', (field, value) => {
    expect(() => toSetup('m', { [field]: value })).toThrow(
      `config.${field} must be left out: there is no such option here; got "object"`,
    )
  })

  it('refuses another model in the config, which would replace the first', () => {
    expect(() => toSetup('m', { model: 'models/n' })).toThrow(
      'config.model must be left out: there is no such option here; got "string"',
    )
  })

  it.each([{ functionDeclarations: [{ name: 'f' }] }, 'f'])('refuses tools that are no list: %j', (tools) => {
    expect(() => toSetup('m', { tools: tools as never })).toThrow(
      expect.objectContaining({ code: 'invalid-options', field: 'config.tools' }),
    )
  })

  it('moves generation fields into generationConfig, and leaves the others where they are', () => {
    const config: LiveConfig = {
      responseModalities: ['AUDIO'],
      temperature: 0.7,
      speechConfig: { languageCode: 'en-US' },
      thinkingConfig: { thinkingLevel: 'MINIMAL' },
      generationConfig: { seed: 7 },
      systemInstruction: 'Be terse.',
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
      outputAudioTranscription: {},
      somethingNew: { x: 1 },
    }
    expect(toSetup('m', config)).toEqual({
      model: 'models/m',
      generationConfig: {
        responseModalities: ['AUDIO'],
        temperature: 0.7,
        speechConfig: { languageCode: 'en-US' },
        thinkingConfig: { thinkingLevel: 'MINIMAL' },
        seed: 7,
      },
      systemInstruction: { parts: [{ text: 'Be terse.' }], role: 'user' },
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
      outputAudioTranscription: {},
      somethingNew: { x: 1 },
    })
  })

  it.each([
    'candidateCount',
    'enableAffectiveDialog',
    'frequencyPenalty',
    'maxOutputTokens',
    'mediaResolution',
    'presencePenalty',
    'responseModalities',
    'seed',
    'speechConfig',
    'temperature',
    'thinkingConfig',
    'topK',
    'topP',
    'translationConfig',
  ])('moves %s, even alone', (field) => {
    expect(toSetup('m', { [field]: 1 })).toEqual({ model: 'models/m', generationConfig: { [field]: 1 } })
  })

  it.each<LiveConfig>([
    { temperature: 0.7, generationConfig: { temperature: 1, seed: 7 } },
    { generationConfig: { temperature: 1, seed: 7 }, temperature: 0.7 },
  ])('prefers a generation field of its own to one in generationConfig, in any order: %j', (config) => {
    expect(toSetup('m', config)).toEqual({
      model: 'models/m',
      generationConfig: { temperature: 0.7, seed: 7 },
    })
  })

  it.each<LiveConfig>([
    { realtimeInputConfig: { activityHandling: 'NO_INTERRUPTION', turnCoverage: 'TURN_INCLUDES_ALL_INPUT' } },
    { realtimeInputConfig: { automaticActivityDetection: { disabled: false, silenceDurationMs: 300 } } },
    { sessionResumption: { transparent: true } },
  ])('sends fields that are not known here, at any depth, without a cast: %j', (config) => {
    expect(toSetup('m', config)).toEqual({ model: 'models/m', ...config })
  })

  it.each([undefined, null])('takes a config of %s as none', (config) => {
    expect(toSetup('m', config)).toEqual({ model: 'models/m' })
  })

  it.each([undefined, null])(
    'leaves out a field that is %s, such as a variable that is not set',
    (absent) => {
      const config = {
        systemInstruction: absent,
        temperature: absent,
        generationConfig: absent,
        tools: absent,
      }
      expect(toSetup('m', config as never)).toEqual({ model: 'models/m' })
      expect(JSON.stringify(toSetup('m', config as never))).toBe('{"model":"models/m"}')
    },
  )
})

const hello = { parts: [{ text: 'Hello' }], role: 'user' }

describe('toContextUpdate', () => {
  const functionDeclarations = [{ name: 'f' }]

  it.each<[LiveContextUpdate | null | undefined, object]>([
    [undefined, {}],
    [null, {}],
    [{ systemInstruction: 'Hello' }, { systemInstruction: hello }],
    [{ systemInstruction: hello }, { systemInstruction: hello }],
    [{ tools: [{ functionDeclarations }] }, { tools: { tools: [{ functionDeclarations }] } }],
    [{ tools: [] }, { tools: { tools: [] } }],
    // As the SDK takes it.
    [{ tools: { tools: [{ functionDeclarations }] } }, { tools: { tools: [{ functionDeclarations }] } }],
    [{ tools: { tools: [] } }, { tools: { tools: [] } }],
    // For the session to refuse.
    [{ tools: 5 } as never, { tools: { tools: 5 } }],
    [{ systemInstruction: undefined, tools: undefined } as never, {}],
    [{ somethingNew: 1 } as LiveContextUpdate, { somethingNew: 1 }],
  ])('%j', (given, body) => {
    expect(toContextUpdate(given)).toEqual(body)
  })
})

describe('toClientContent', () => {
  it('refuses a bare text, which would be an empty turn', () => {
    expect(() => toClientContent('hello' as never)).toThrow('content must be an object; got "String"')
  })

  it.each<[ClientContent | null | undefined, object]>([
    [undefined, { turnComplete: true }],
    [null, { turnComplete: true }],
    [{}, { turnComplete: true }],
    [{ turns: null as never }, { turnComplete: true }],
    [{ turns: 'Hello' }, { turns: [hello], turnComplete: true }],
    [
      { turns: 'Hello', turnComplete: false },
      { turns: [hello], turnComplete: false },
    ],
    [{ turns: hello }, { turns: [hello], turnComplete: true }],
    [
      { turns: [hello, { ...hello, role: 'model' }] },
      { turns: [hello, { ...hello, role: 'model' }], turnComplete: true },
    ],
    [{ turns: { text: 'Hello' } }, { turns: [hello], turnComplete: true }],
    [
      { turns: ['a', { text: 'b' }] },
      { turns: [{ parts: [{ text: 'a' }, { text: 'b' }], role: 'user' }], turnComplete: true },
    ],
  ])('%j', (given, body) => {
    expect(toClientContent(given)).toEqual(body)
  })
})
