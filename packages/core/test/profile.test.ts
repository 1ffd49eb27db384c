import { describe, expect, it } from 'vitest'
import { type CallBehavior, callBlocks, type Profile, profileFor } from '../src/index.ts'

describe('profileFor', () => {
  it.each<[string, 'gemini-api' | 'vertex' | undefined, string]>([
    ['gemini-2.5-flash-native-audio-preview-12-2025', undefined, 'gemini-2.5'],
    ['models/gemini-2.5-flash-native-audio-preview-09-2025', 'gemini-api', 'gemini-2.5'],
    ['gemini-live-2.5-flash-preview', 'gemini-api', 'gemini-2.5'],
    ['gemini-2.5-flash-native-audio-latest', undefined, 'gemini-2.5'],
    ['gemini-live-2.5-flash-native-audio', 'vertex', 'gemini-2.5'],
    ['publishers/google/models/gemini-live-2.5-flash', 'vertex', 'gemini-2.5'],
    ['gemini-3.1-flash-live-preview', undefined, 'gemini-3.1'],
    ['models/gemini-3.8-live', undefined, 'gemini-3.8'],
    ['gemini-3.8-live-extended-thinking', 'vertex', 'gemini-3.8'],
    ['projects/p/locations/global/publishers/google/models/gemini-3.8-live', undefined, 'gemini-3.8'],
    ['gemini-3.5-live-translate-preview', undefined, 'unknown'],
    ['gemini-3.5-flash-live-preview', undefined, 'unknown'],
    ['gemini-2.0-flash-live-001', undefined, 'unknown'],
    ['projects/p/locations/l/publishers/google/models/gemini-9-live', 'vertex', 'vertex'],
    ['projects/p/locations/l/publishers/google/models/gemini-9-live', undefined, 'vertex'],
    ['publishers/google/models/gemini-9-live', undefined, 'vertex'],
    ['projects/p/locations/l/publishers/google/models/gemini-9-live', 'gemini-api', 'unknown'],
    ['models/gemini-9-live', undefined, 'unknown'],
    ['gemini-9-live', undefined, 'unknown'],
    ['tunedModels/mine', undefined, 'unknown'],
    ['', undefined, 'unknown'],
  ])('%s, on %s, has the profile %s', (model, platform, name) => {
    expect(profileFor(model, platform).name).toBe(name)
  })
})

describe('callBlocks', () => {
  it.each<[string, CallBehavior | undefined, boolean]>([
    ['gemini-2.5', undefined, true],
    ['gemini-2.5', 'BLOCKING', true],
    ['gemini-2.5', 'NON_BLOCKING', false],
    ['gemini-3.1', undefined, true],
    ['gemini-3.1', 'NON_BLOCKING', true],
    ['gemini-3.8', undefined, false],
    ['gemini-3.8', 'BLOCKING', true],
    ['gemini-3.8', 'NON_BLOCKING', false],
    ['unknown', undefined, true],
    ['unknown', 'NON_BLOCKING', false],
  ])('G10.1, G10.2: with %s, a call declared %s: %s', (model, behavior, blocks) => {
    expect(callBlocks(profileFor(model), behavior)).toBe(blocks)
  })

  it.each<[string, boolean]>([
    ['gemini-2.5', true],
    ['gemini-3.8', false],
    ['unknown', true],
  ])(
    "G10: with %s, an unknown behavior, such as the SDK's UNSPECIFIED, counts as none: %s",
    (model, blocks) => {
      expect(callBlocks(profileFor(model), 'UNSPECIFIED' as CallBehavior)).toBe(blocks)
    },
  )

  it('G10.2: with a profile of unknown content, a call blocks', () => {
    expect(callBlocks('gemini-3.8' as unknown as Profile, undefined)).toBe(true)
  })

  it('G10: on Vertex a call blocks if it is declared so, or if the model is a 2.5', () => {
    expect(callBlocks(profileFor('gemini-9-live', 'vertex'), undefined)).toBe(false)
    expect(callBlocks(profileFor('gemini-9-live', 'vertex'), 'BLOCKING')).toBe(true)
    expect(callBlocks(profileFor('gemini-live-2.5-flash', 'vertex'), undefined)).toBe(true)
  })
})
