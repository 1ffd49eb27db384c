import { describe, expect, it } from 'vitest'
import { checkInput } from '../src/index.ts'
import { type LiveInput, toRealtimeInput, writeFrame } from '../src/wire.ts'

const samples = Int16Array.of(1, 2)
const bytes = Uint8Array.of(1, 0, 2, 0)
const frame = '{"realtimeInput":{"audio":{"data":"AQACAA==","mimeType":"audio/pcm;rate=16000"}}}'

describe('an input on the wire', () => {
  it.each<[string, LiveInput, string]>([
    ['base64', { audio: { data: 'AQACAA==', mimeType: 'audio/pcm;rate=16000' } }, frame],
    ['samples', { audio: samples }, frame],
    ['samples as bytes', { audio: bytes }, frame],
    ['samples in the middle of others', { audio: Int16Array.of(9, 1, 2).subarray(1) }, frame],
    ['samples with their type', { audio: { data: samples, mimeType: 'audio/pcm;rate=16000' } }, frame],
    [
      'bytes with a type that has a quote',
      { audio: { data: bytes, mimeType: 'audio/pcm;x="y"' } },
      '{"realtimeInput":{"audio":{"data":"AQACAA==","mimeType":"audio/pcm;x=\\"y\\""}}}',
    ],
    [
      'base64 that is none, which goes as the server may refuse it',
      { audio: { data: '"}', mimeType: 'audio/pcm' } },
      '{"realtimeInput":{"audio":{"data":"\\"}","mimeType":"audio/pcm"}}}',
    ],
    [
      'a picture',
      { video: { data: Uint8Array.of(255, 216), mimeType: 'image/jpeg' } },
      '{"realtimeInput":{"video":{"data":"/9g=","mimeType":"image/jpeg"}}}',
    ],
    [
      'what the old name carries: audio',
      { media: { data: samples, mimeType: 'audio/pcm' } },
      '{"realtimeInput":{"audio":{"data":"AQACAA==","mimeType":"audio/pcm"}}}',
    ],
    [
      'what the old name carries: a picture',
      { media: { data: '/9g=', mimeType: 'image/jpeg' } },
      '{"realtimeInput":{"video":{"data":"/9g=","mimeType":"image/jpeg"}}}',
    ],
    [
      'G12: what is not known beside samples',
      { audio: samples, somethingNew: 1 } as LiveInput,
      '{"realtimeInput":{"audio":{"data":"AQACAA==","mimeType":"audio/pcm;rate=16000"},"somethingNew":1}}',
    ],
    [
      'G12: what is not known beside the old name',
      { media: { data: '/9g=', mimeType: 'image/jpeg' }, somethingNew: 1 } as LiveInput,
      '{"realtimeInput":{"somethingNew":1,"video":{"data":"/9g=","mimeType":"image/jpeg"}}}',
    ],
    ['text', { text: 'say "hi"' }, '{"realtimeInput":{"text":"say \\"hi\\""}}'],
    ['a signal', { activityStart: {} }, '{"realtimeInput":{"activityStart":{}}}'],
  ])('%s', (_, input, text) => {
    const realtimeInput = toRealtimeInput(input)
    checkInput(realtimeInput)
    expect(writeFrame('realtimeInput', realtimeInput)).toBe(text)
  })

  it.each<[string, unknown, string]>([
    ['two kinds', { audio: samples, text: 'a' }, 'input must be one of'],
    [
      'bytes without a type',
      { video: { data: bytes.subarray(1) } },
      'video.mimeType must be image/*; got ""',
    ],
    [
      'data that are neither',
      { audio: { data: 7, mimeType: 'audio/pcm' } },
      'audio.data must be base64 in { data, mimeType }',
    ],
    ['floating samples', { audio: new Float32Array(2) }, 'audio.data must be base64 in { data, mimeType }'],
    ['nothing', undefined, 'input must be an object'],
  ])('leaves %s as it is, which checkInput refuses', (_, input, message) => {
    expect(() => checkInput(toRealtimeInput(input as LiveInput))).toThrow(message)
  })
})

it('refuses audio of half a sample, for which the server would end the session', () => {
  expect(() => toRealtimeInput({ audio: new Uint8Array(641) })).toThrow(
    'audio.data must be whole 16-bit samples; got "641 bytes"',
  )
  expect(() => toRealtimeInput({ media: { data: new Uint8Array(3), mimeType: 'audio/pcm' } })).toThrow(
    'media.data must be whole 16-bit samples; got "3 bytes"',
  )
  const picture = { data: new Uint8Array(3), mimeType: 'image/jpeg' }
  for (const field of ['video', 'media']) {
    expect(toRealtimeInput({ [field]: picture })).toEqual({
      [field]: { data: 'AAAA', mimeType: 'image/jpeg' },
    })
  }
})

it('takes media without a type for audio', () => {
  const media = { data: 'AQA=' }
  expect(writeFrame('realtimeInput', { media })).toBe('{"realtimeInput":{"audio":{"data":"AQA="}}}')
})

it('writes any other message as it is', () => {
  const functionResponses = [{ id: 'a', name: 'f', response: { output: 1 } }]
  expect(writeFrame('toolResponse', { functionResponses })).toBe(
    '{"toolResponse":{"functionResponses":[{"id":"a","name":"f","response":{"output":1}}]}}',
  )
})
