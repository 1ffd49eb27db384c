import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import { Underway } from '../src/trace/underway.ts'

const called: Fact = { atMs: 1, type: 'called', id: 'a', name: 'get_weather', args: {} }
const settled = (as: 'answered' | 'cancelled'): Fact => ({ atMs: 2, type: 'settled', id: 'a', as })
const spoke: Fact = { atMs: 3, type: 'spoke', durationMs: 100 }
const interrupted: Fact = { atMs: 4, type: 'interrupted' }
const complete: Fact = { atMs: 5, type: 'turn-complete' }
const said = (
  kind: 'audio' | 'text' | 'activityStart' | 'activityEnd',
  fate: 'sent' | 'held' | 'dropped',
  level = 0,
  reason?: string,
): Fact => ({
  atMs: 6,
  type: 'offered',
  kind,
  fate,
  durationMs: 20,
  level,
  ...(reason !== undefined && { reason }),
})
const loud = 500 / 32_768
const connecting: Fact = { atMs: 7, type: 'connecting', epoch: 2 }
const closed: Fact = { atMs: 9, type: 'closed', epoch: 1, code: 1006, reason: '' }

describe('what is under way', () => {
  it.each<[string, readonly Fact[], 'nothing' | 'a turn' | 'a call']>([
    ['is nothing at first', [{ atMs: 0, type: 'set-up', epoch: 1 }], 'nothing'],
    ['is a call until it is settled', [called], 'a call'],
    ['is a call also where the server takes the turn for complete', [called, complete], 'a call'],
    [
      'is the turn in which the model speaks about the answer',
      [called, complete, settled('answered')],
      'a turn',
    ],
    ['is nothing once it has spoken', [called, complete, settled('answered'), spoke, complete], 'nothing'],
    ['is nothing after a call that was cancelled', [called, complete, settled('cancelled')], 'nothing'],
    ['is no turn for an answer to a call that is settled already', [settled('answered')], 'nothing'],
    ['is the turn of the model', [spoke], 'a turn'],
    ['is the turn of a user who speaks', [said('audio', 'sent', loud)], 'a turn'],
    ['is that of one whose words wait', [said('audio', 'held', loud, 'tool-call')], 'a turn'],
    ['is none where it is quiet', [said('audio', 'sent', loud * 0.99)], 'nothing'],
    ['is none where words are dropped', [said('audio', 'dropped', loud, 'policy')], 'nothing'],
    [
      'is none between two turns',
      [said('audio', 'held', loud, 'pre-roll'), said('audio', 'held', loud, 'outside-bracket')],
      'nothing',
    ],
    ['is the turn of a button', [said('activityStart', 'sent')], 'a turn'],
    ['is none of one that was let go before', [said('activityEnd', 'sent')], 'nothing'],
    ['is the turn of a message', [said('text', 'held', 0, 'tool-call')], 'a turn'],
    ['is none of a message that is dropped', [said('text', 'dropped', 0, 'policy')], 'nothing'],
    ['is nothing once it was answered', [said('text', 'sent'), spoke, complete], 'nothing'],
    [
      'is the turn of a user who interrupts',
      [spoke, said('audio', 'sent', loud), interrupted, complete],
      'a turn',
    ],
    ['is over when that was answered', [spoke, interrupted, complete, spoke, complete], 'nothing'],
    [
      'is over also where the interrupted turn was not told to be',
      [spoke, interrupted, spoke, complete],
      'nothing',
    ],
    [
      'is the turn of words that waited behind a call, and which the answer to it does not answer',
      [
        said('text', 'sent'),
        called,
        said('audio', 'held', loud, 'tool-call'),
        settled('answered'),
        spoke,
        complete,
      ],
      'a turn',
    ],
    [
      'is that of a message that waited',
      [called, said('text', 'held'), settled('answered'), spoke, complete],
      'a turn',
    ],
    [
      'is nothing once that was answered, too',
      [called, said('text', 'held'), settled('answered'), spoke, complete, spoke, complete],
      'nothing',
    ],
    [
      'is that of the second of two messages: the model answers one after the other',
      [said('text', 'sent'), said('text', 'sent'), spoke, complete],
      'a turn',
    ],
    [
      'is nothing once both were answered',
      [said('text', 'sent'), said('text', 'sent'), spoke, complete, spoke, complete],
      'nothing',
    ],
    [
      'is nothing more where the second message interrupted the answer to the first before it was heard',
      [said('text', 'sent'), said('text', 'sent'), interrupted, spoke, complete],
      'nothing',
    ],
    [
      'is that of one who speaks behind a message: the model answers one after the other',
      [said('text', 'sent'), said('audio', 'sent', loud), said('audio', 'sent', loud), spoke, complete],
      'a turn',
    ],
    [
      'is nothing once the words behind the message were answered, too',
      [said('text', 'sent'), said('audio', 'sent', loud), spoke, complete, spoke, complete],
      'nothing',
    ],
    [
      'is nothing more where those words go on while the message is answered',
      [
        said('text', 'sent'),
        said('audio', 'sent', loud),
        spoke,
        said('audio', 'sent', loud),
        interrupted,
        complete,
        said('audio', 'sent', loud),
        spoke,
        complete,
      ],
      'nothing',
    ],
    [
      'is one turn for the words of one who writes while speaking, and one for the message',
      [
        said('audio', 'sent', loud),
        said('text', 'sent'),
        said('audio', 'sent', loud),
        spoke,
        complete,
        spoke,
        complete,
      ],
      'nothing',
    ],
    [
      'is that of one who speaks while the model’s turn ends',
      [spoke, said('audio', 'sent', loud), complete],
      'a turn',
    ],
    [
      'is the answer to a call whose turn is over, behind another turn',
      [called, complete, said('text', 'sent'), spoke, settled('answered'), complete],
      'a turn',
    ],
    ['is nothing once the session is closed', [called, spoke, closed], 'nothing'],
    [
      'is no turn that an earlier connection has cut off',
      [spoke, connecting, said('text', 'sent'), spoke, complete],
      'nothing',
    ],
    ['is what waits for the next connection', [connecting, said('text', 'held', 0, 'setup')], 'a turn'],
  ])('%s', (_, facts, what) => {
    const underway = new Underway()
    for (const fact of facts) underway.add(fact)
    expect([underway.isCallPending, underway.isNothing]).toEqual([what === 'a call', what === 'nothing'])
  })
})
