import { describe, expect, it } from 'vitest'
import { type LiveServerMessage, readFrame, toBase64 } from '../src/wire.ts'
import { bufferOf, bytesOf, frameOf, noise } from './frames.ts'

/** 240 ms of a server's audio: long enough to be cut out of its frame. */
const long = noise(11_520)
const base64 = toBase64(long)
const spoken = (data: string) =>
  `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"${data}"}}]}}}`
const heard = (data: Uint8Array): LiveServerMessage => ({
  serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } },
})
const url = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

describe('readFrame', () => {
  it('takes no time without end for a text that is full of beginnings of names', () => {
    // With a pattern that backtracks this would take minutes.
    const message = { x: 'a_'.repeat(1_000_000) }
    expect(readFrame(JSON.stringify(message))).toEqual({ message })
  })

  it.each<[string, string, object]>([
    ['a setupComplete', '{"setupComplete":{}}', { setupComplete: {} }],
    ['pretty-printed JSON', '{\n  "setupComplete": {}\n}\n', { setupComplete: {} }],
    ['long audio', spoken(base64), heard(long)],
    ['short audio', spoken('AQACAA=='), heard(Uint8Array.of(1, 0, 2, 0))],
    ['audio without padding', spoken('AQACAA'), heard(Uint8Array.of(1, 0, 2, 0))],
    ['no audio', spoken(''), heard(new Uint8Array())],
    ['the alphabet of URLs', spoken('_9j-'), heard(Uint8Array.of(255, 216, 254))],
    ['long audio in the alphabet of URLs', spoken(url(base64)), heard(long)],
    [
      'long audio, pretty-printed',
      JSON.stringify(JSON.parse(spoken(base64)), null, 2).replace('"data": ', '"data" :\n\t'),
      heard(long),
    ],
    ['padding that is escaped', spoken('AQACAA\\u003d\\u003d'), heard(Uint8Array.of(1, 0, 2, 0))],
    ['a slash that is escaped in long audio', spoken(base64.replaceAll('/', '\\/')), heard(long)],
    [
      'the data before their type',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"${base64}","mimeType":"audio/pcm"}}]}}}`,
      { serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: long } }] } } },
    ],
    [
      'several parts, and a transcript with an escape',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"${base64}"}},{"text":"a"},{"inlineData":{"data":"${base64}"}}]},"outputTranscription":{"text":"\\"data\\":\\"\\u0001 ä"}}}`,
      {
        serverContent: {
          modelTurn: {
            parts: [{ inlineData: { data: long } }, { text: 'a' }, { inlineData: { data: long } }],
          },
          outputTranscription: { text: '"data":"\u0001 ä' },
        },
      },
    ],
    [
      'long audio with a transcript beyond ASCII',
      `{"serverContent":{"outputTranscription":{"text":"größer 日本"},"modelTurn":{"parts":[{"inlineData":{"data":"${base64}"}}]}}}`,
      {
        serverContent: {
          outputTranscription: { text: 'größer 日本' },
          modelTurn: { parts: [{ inlineData: { data: long } }] },
        },
      },
    ],
    [
      'names in snake_case, at every depth',
      `{"server_content":{"model_turn":{"parts":[{"inline_data":{"mime_type":"audio/pcm","data":"${base64}"}}]},"turn_complete":true},"usage_metadata":{"total_token_count":3}}`,
      {
        serverContent: {
          modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: long } }] },
          turnComplete: true,
        },
        usageMetadata: { totalTokenCount: 3 },
      },
    ],
    [
      'arguments, whose names are the own ones of the tool',
      '{"tool_call":{"function_calls":[{"id":"a","name":"get_weather","args":{"city_name":"Dublin"}}]}}',
      { toolCall: { functionCalls: [{ id: 'a', name: 'get_weather', args: { city_name: 'Dublin' } }] } },
    ],
    [
      'a response, whose names are the own ones of the tool, too',
      '{"server_content":{"model_turn":{"parts":[{"function_response":{"response":{"sky_is":"grey"}}}]}}}',
      { serverContent: { modelTurn: { parts: [{ functionResponse: { response: { sky_is: 'grey' } } }] } } },
    ],
    [
      'names with a space behind them, and the deepest that are read',
      `${'{"a_b" :'.repeat(25)}1${'}'.repeat(25)}`,
      JSON.parse(`${'{"aB":'.repeat(24)}{"a_b":1}${'}'.repeat(24)}`),
    ],
    [
      'both spellings of a name: the camelCase stays',
      '{"goAway":{"timeLeft":"1s"},"go_away":{"time_left":"2s"},"go__a":1,"__proto__":{"x":2}}',
      JSON.parse('{"goAway":{"timeLeft":"1s"},"go__a":1,"__proto__":{"x":2}}'),
    ],
    [
      'G12: messages, fields and values that are not known',
      '{"somethingNew":{"x":1},"serverContent":{"interactionStatus":"DREAMING","modelTurn":{"parts":[null,5,{"inlineData":null},{"inlineData":{"data":7}}]}}}',
      {
        somethingNew: { x: 1 },
        serverContent: {
          interactionStatus: 'DREAMING',
          modelTurn: { parts: [null, 5, { inlineData: null }, { inlineData: { data: 7 } }] },
        },
      },
    ],
    [
      'G12: long data that is no audio of the model',
      `{"toolCall":{"functionCalls":[{"name":"save","args":{"data":"${base64}"}}]}}`,
      { toolCall: { functionCalls: [{ name: 'save', args: { data: base64 } }] } },
    ],
    [
      'G12: long data that is no audio of the model, before audio that is',
      `{"other":{"data":"${base64}"},"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"AQA="}}]}}}`,
      {
        other: { data: base64 },
        serverContent: { modelTurn: { parts: [{ inlineData: { data: Uint8Array.of(1, 0) } }] } },
      },
    ],
    [
      'G12: parts that are none',
      '{"serverContent":{"modelTurn":{"parts":5}}}',
      { serverContent: { modelTurn: { parts: 5 } } },
    ],
    ['G12: content that is none', '{"serverContent":null}', { serverContent: null }],
    [
      'G12: values of every type around long audio',
      `{"a":null,"b":[1,"",true],${spoken(base64).slice(1)}`,
      { a: null, b: [1, '', true], ...heard(long) },
    ],
    [
      'a long text behind data that are none',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":7,"mimeType":"${base64}"}}]}}}`,
      { serverContent: { modelTurn: { parts: [{ inlineData: { data: 7, mimeType: base64 } }] } } },
    ],
    [
      'a name that is given twice: the last stays, as JSON has it',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"${base64}","data":"AQA="}}]}}}`,
      { serverContent: { modelTurn: { parts: [{ inlineData: { data: Uint8Array.of(1, 0) } }] } } },
    ],
  ])('G12: reads %s, from text and from bytes', (_what, text, message) => {
    expect(frameOf(readFrame(text))).toEqual({ message })
    expect(frameOf(readFrame(bytesOf(text)))).toEqual({ message })
    expect(frameOf(readFrame(bufferOf(text)))).toEqual({ message })
    expect(frameOf(readFrame(bytesOf(text).buffer))).toEqual({ message })
  })

  it.each<[string, string, string]>([
    ['no JSON', '{"serverContent": "my secret', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['null', 'null', 'it is not an object'],
    ['a list', '[{"setupComplete":{}}]', 'it is not an object'],
    ['a text', '"my secret"', 'it is not an object'],
    ['audio that is no base64', spoken('my secret!'), 'its inlineData is not base64'],
    ['audio of an impossible length', spoken('AQACA'), 'its inlineData is not base64'],
    [
      'long audio with a hole in it',
      spoken(`${base64.slice(0, 900)} ${base64.slice(901)}`),
      'its inlineData is not base64',
    ],
    [
      'what looks like the mark of long audio, before it',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"d\\u0061ta":"\\u0001"}},{"inlineData":{"data":"${base64}"}}]}}}`,
      'its inlineData is not base64',
    ],
    [
      'what looks like the mark of long audio, behind it',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"${base64}"}},{"inlineData":{"data":"\\u0001"}}]}}}`,
      'its inlineData is not base64',
    ],
    ['long audio that was cut off', spoken(base64).slice(0, -9), 'it is not JSON'],
    ['an end inside of long audio', spoken(`${base64.slice(0, 900)}"${base64.slice(901)}`), 'it is not JSON'],
  ])('G12.1: says what is wrong with %s, and does not quote it', (_what, text, problem) => {
    expect(readFrame(text)).toEqual({ problem })
    expect(readFrame(bytesOf(text))).toEqual({ problem })
    expect(readFrame(bufferOf(text))).toEqual({ problem })
  })

  it.each<[string, (text: string) => string | Uint8Array]>([
    ['text', String],
    ['bytes', bufferOf],
  ])('keeps long audio in %s from the parser, and does not parse what is around it twice', (_, encode) => {
    const { parse } = JSON
    const parsed: number[] = []
    JSON.parse = (text: string) => {
      parsed.push(text.length)
      return parse(text)
    }
    try {
      for (let frame = 0; frame < 3; frame++) readFrame(encode(spoken(base64)))
    } finally {
      JSON.parse = parse
    }
    expect(parsed).toEqual([spoken('\\u0001').length])
  })

  it('makes each message anew, so that what is done with one changes no other', () => {
    const text = spoken(base64)
    const change = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      Object.values(value).forEach(change)
      for (const key of Object.keys(value)) Object.assign(value, { [key]: 'changed' })
    }
    change(readFrame(text))
    const second = frameOf(readFrame(text))
    change(readFrame(text))
    expect([second, frameOf(readFrame(text))]).toEqual([{ message: heard(long) }, { message: heard(long) }])
  })

  it('distinguishes messages that are nearly the same', () => {
    const other = noise(11_520).reverse()
    const said = (text: string, data: Uint8Array): string =>
      `{"serverContent":{"outputTranscription":{"text":"${text}"},"modelTurn":{"parts":[{"inlineData":{"data":"${toBase64(data)}"}}]}}}`
    const message = (text: string, data: Uint8Array) => ({
      message: {
        serverContent: {
          outputTranscription: { text },
          modelTurn: { parts: [{ inlineData: { data } }] },
        },
      },
    })
    // The last two have the same characters, once as text and once as what the bytes of 'é' look like.
    const frames: readonly (readonly [string, Uint8Array, (text: string) => string | Uint8Array])[] = [
      ['a', long, bufferOf],
      ['a', other, bufferOf],
      ['b', long, bufferOf],
      ['é', long, bufferOf],
      ['Ã©', long, String],
      ['é', other, bufferOf],
    ]
    const read = frames.map(([text, data, encode]) => readFrame(encode(said(text, data))))
    expect(read.map(frameOf)).toEqual(frames.map(([text, data]) => message(text, data)))
  })

  it.each([5, { text: 'my secret' }, Symbol('my secret')])(
    'G12.1: takes %o, which is no frame at all',
    (given) => {
      expect(readFrame(given as never)).toEqual({ problem: 'it is neither text nor bytes' })
    },
  )

  it('G12: reads bytes that are not UTF-8, and objects of any depth', () => {
    expect(readFrame(Uint8Array.of(0xff, 0xfe))).toEqual({ problem: 'it is not JSON' })
    const deep = `${'{"a_b":'.repeat(20_000)}1${'}'.repeat(20_000)}`
    expect(readFrame(deep)).toMatchObject({ message: { aB: {} } })
    const deepList = `{"a_b":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    // The frame is too deep for the comparison.
    expect(Object.entries(readFrame(deepList)).map(([key, value]) => [key, Object.keys(value)])).toEqual([
      ['message', ['aB']],
    ])
    const aroundAudio = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)},${spoken(base64).slice(1)}`
    expect(Object.entries(readFrame(aroundAudio)).map(([key, value]) => [key, Object.keys(value)])).toEqual([
      ['message', ['a', 'serverContent']],
    ])
  })
})
