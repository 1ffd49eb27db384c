import { expect, it } from 'vitest'
import { brief, clientLabel, serverLabel } from '../src/messages.ts'

it.each([
  ['unchanged up to 160 characters', 'a'.repeat(160), 'a'.repeat(160)],
  [
    'by its beginning if it is longer',
    'a'.repeat(161),
    'aaaaaaaaaaaaaaaaaaaa… (161 characters, sum 1065104993)',
  ],
  [
    'with another sum if it differs after the beginning',
    `${'a'.repeat(160)}b`,
    'aaaaaaaaaaaaaaaaaaaa… (161 characters, sum 1065104994)',
  ],
])('a label is shown %s', (_, label, told) => {
  expect(brief(label)).toBe(told)
})

const blob = { data: 'AAAA', mimeType: 'audio/pcm;rate=16000' }
const content = { role: 'user', parts: [{ text: 'one' }] }
const response = { id: 'c1', name: 'take_note', response: { output: 1 } }
const call = { id: 'c1', name: 'take_note', args: { text: 'one' } }

it.each<[string, (message: object) => unknown, object[]]>([
  [
    'the client',
    clientLabel,
    [
      {},
      { realtimeInput: {} },
      { realtimeInput: { text: 'one' } },
      { realtimeInput: { text: 'two' } },
      { realtimeInput: { text: 'one', audio: blob } },
      { realtimeInput: { audio: blob } },
      { realtimeInput: { video: blob } },
      { realtimeInput: { mediaChunks: [blob] } },
      { realtimeInput: { audio: {} } },
      { realtimeInput: { audio: { data: 'AAAA' } } },
      { realtimeInput: { audio: { ...blob, data: 'AAAB' } } },
      { realtimeInput: { audio: { ...blob, mimeType: 'audio/pcm;rate=24000' } } },
      { realtimeInput: { audio: { ...blob, displayName: 'one' } } },
      { realtimeInput: { activityStart: {} } },
      { realtimeInput: { activityStart: {}, activityEnd: {} } },
      { realtimeInput: { audioStreamEnd: true } },
      { realtimeInput: { audioStreamEnd: false } },
      { clientContent: {} },
      { clientContent: { turnComplete: true } },
      { clientContent: { turns: [content] } },
      { clientContent: { turns: [content], turnComplete: true } },
      { clientContent: { turns: [content, content] } },
      { clientContent: { turns: [{ ...content, role: 'model' }] } },
      { clientContent: { turns: [{ parts: content.parts }] } },
      { clientContent: { turns: [{ ...content, parts: [{ text: 'two' }] }] } },
      { clientContent: { turns: [{ ...content, parts: [...content.parts, ...content.parts] }] } },
      { clientContent: { turns: [{ ...content, parts: [{ text: 'one', thought: true }] }] } },
      { clientContent: { turns: [{ ...content, parts: [{ inlineData: blob }] }] } },
      { toolResponse: {} },
      { toolResponse: { functionResponses: [response] } },
      { toolResponse: { functionResponses: [response, response] } },
      { toolResponse: { functionResponses: [{ ...response, id: 'c2' }] } },
      { toolResponse: { functionResponses: [{ ...response, name: undefined }] } },
      { toolResponse: { functionResponses: [{ ...response, response: {} }] } },
      { toolResponse: { functionResponses: [{ ...response, willContinue: true }] } },
      { contextUpdate: {} },
      { contextUpdate: { systemInstruction: content } },
      { contextUpdate: { systemInstruction: { ...content, role: 'system' } } },
      { contextUpdate: { tools: { tools: [] } } },
      { contextUpdate: { systemInstruction: content, tools: { tools: [] } } },
      { setup: { model: 'any' } },
      { setup: { model: 'other' } },
    ],
  ],
  [
    'the server',
    ({ ...message }) => serverLabel(message).join(),
    [
      {},
      { toolCall: { functionCalls: [call] } },
      { toolCall: { functionCalls: [call, call] } },
      { toolCall: { functionCalls: [{ ...call, id: 'c2' }] } },
      { toolCall: { functionCalls: [{ ...call, name: 'none' }] } },
      { toolCall: { functionCalls: [{ ...call, name: undefined }] } },
      { toolCall: { functionCalls: [{ ...call, args: undefined }] } },
      { toolCall: { functionCalls: [{ ...call, args: {} }] } },
      { toolCall: { functionCalls: [{ ...call, args: { text: '' } }] } },
      { toolCall: { functionCalls: [{ ...call, args: { text: 'one', words: 1 } }] } },
      { toolCall: { functionCalls: [{ ...call, willContinue: true }] } },
      { toolCallCancellation: { ids: ['c1'] } },
      { toolCallCancellation: { ids: ['c2'] } },
      { toolCallCancellation: { ids: ['c1', 'c2'] } },
    ],
  ],
])('different messages from %s have different labels', (_, label, messages) => {
  const labels = messages.map(label)
  expect(labels.filter((each, place) => labels.indexOf(each) < place)).toEqual([])
})

it('a label does not depend on the order of the fields', () => {
  const update = { tools: { tools: [{ a: 1, b: [{ c: 1, d: 2 }] }] }, systemInstruction: content }
  const other = {
    systemInstruction: { parts: content.parts, role: 'user' },
    tools: { tools: [{ b: [{ d: 2, c: 1 }], a: 1 }] },
  }
  expect(clientLabel({ contextUpdate: other })).toBe(clientLabel({ contextUpdate: update }))
})
