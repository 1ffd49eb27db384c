import { describe, expect, it } from 'vitest'
import { type ClientContent, type LiveConfig, toClientContent, toSetup } from '../src/wire.ts'

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

  it.each([undefined, ''])('refuses a model of %j', (model) => {
    expect(() => toSetup(model as string)).toThrow('model must be the name of a model; got')
  })

  it('puts what is about generation where the wire has it, and leaves the rest where it is', () => {
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
})

describe('toClientContent', () => {
  const hello = { parts: [{ text: 'Hello' }], role: 'user' }

  it.each<[ClientContent | undefined, object]>([
    [undefined, { turnComplete: true }],
    [{}, { turnComplete: true }],
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
