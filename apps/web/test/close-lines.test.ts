import { classifyClose } from '@livegate/core/close'
import { expect, it } from 'vitest'
import { closeLines } from '../src/trace/close-lines.ts'

it.each<[string, { code?: number; reason: string }, boolean, readonly string[]]>([
  ['closed from here', { reason: 'closed by the page' }, true, []],
  ['ended as sessions are', { code: 1000, reason: '' }, true, []],
  ['cut', { code: 1006, reason: '' }, true, ['The connection was cut (1006).', 'Start again.']],
  [
    'closed by the server',
    { code: 1008, reason: 'Operation is not implemented, or supported, or enabled.' },
    true,
    [
      'The server closed the session: 1008 Operation is not implemented, or supported, or enabled.',
      'It takes no input while a call is pending. Livegate holds input until the call is answered.',
    ],
  ],
  [
    'closed without a reason',
    { code: 1011, reason: '' },
    true,
    ['The server closed the session: 1011', 'Wait a little, and start again.'],
  ],
  [
    'refused with its connection, where there is no handle to go on with',
    { code: 1006, reason: '' },
    false,
    [
      'There is no connection: the server refused it, or cannot be reached (1006).',
      'Wait a little, and start again.',
    ],
  ],
  [
    'refused with its setup',
    { code: 1007, reason: 'Unknown field.' },
    false,
    [
      'The server refused the session: 1007 Unknown field.',
      classifyClose({ code: 1007, reason: 'Unknown field.' }).remedy,
    ],
  ],
])('a session that was %s: says what happened and what to do', (_, close, hadSession, lines) => {
  expect(closeLines(close, hadSession)).toEqual(lines)
})
