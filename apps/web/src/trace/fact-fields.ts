import type { DropReason, InputKind, Settlement } from '@livegate/core'
import type { Fact, FactOf } from './fact.ts'
import {
  type Check,
  type Checks,
  isAmong,
  isAmount,
  isCount,
  isObject,
  isText,
  isTime,
  optional,
  wrongField,
} from './fields.ts'

const isId: Check = (value) => isText(value) || isTime(value)

const isRange: Check = (value) => Array.isArray(value) && value.length === 2 && value.every(isCount)

const isKind = isAmong<InputKind>({
  audio: true,
  video: true,
  text: true,
  activityStart: true,
  activityEnd: true,
  audioStreamEnd: true,
})

/** A check for each field of a type of fact, apart from its type and its time. */
type FieldsOf<Type extends Fact['type']> = {
  readonly [Field in Exclude<keyof FactOf<Type>, 'type' | 'atMs'>]-?: Check
}

const fieldsOf: { readonly [Type in Fact['type']]: FieldsOf<Type> } = {
  connecting: { epoch: isCount },
  'set-up': { epoch: isCount },
  closed: { epoch: isCount, code: optional(isCount), reason: isText },
  offered: {
    kind: isKind,
    fate: isAmong<FactOf<'offered'>['fate']>({ sent: true, held: true, dropped: true }),
    reason: optional(isText),
    durationMs: isAmount,
    level: isAmount,
  },
  'given-up': {
    kind: isKind,
    reason: isAmong<DropReason>({
      policy: true,
      overflow: true,
      replaced: true,
      empty: true,
      unpaired: true,
      'outside-bracket': true,
      failed: true,
      closed: true,
    }),
  },
  'gate-shut': { hold: isText, id: optional(isId) },
  'gate-opened': {},
  called: { id: isId, name: isText, args: isObject },
  settled: {
    id: isId,
    as: isAmong<Settlement>({ answered: true, cancelled: true, expired: true, lost: true }),
  },
  spoke: { durationMs: isAmount },
  interrupted: {},
  'turn-complete': {},
  transcript: { who: isAmong<FactOf<'transcript'>['who']>({ user: true, model: true }), text: isText },
  fault: { name: isText },
  'never-arrived': { ranges: (value) => Array.isArray(value) && value.every(isRange) },
  forgotten: { untilMs: isAmount, frames: isCount, durationMs: isAmount },
  'server-heard': { durationMs: isAmount },
  'server-turn': {
    index: isCount,
    source: isAmong<FactOf<'server-turn'>['source']>({
      speech: true,
      brackets: true,
      text: true,
      clientContent: true,
    }),
    startMs: isTime,
    endMs: optional(isTime),
  },
  'server-answered': {
    name: isText,
    idWas: isAmong<FactOf<'server-answered'>['idWas']>({
      pending: true,
      answered: true,
      cancelled: true,
      unknown: true,
    }),
  },
  'server-objected': { reason: isText },
  'server-closed': {
    code: isCount,
    reason: isText,
    by: isAmong<FactOf<'server-closed'>['by']>({ client: true, server: true }),
  },
}

/** Returns the field of a file's fact that is wrong, and the fact's type if it is known; undefined for a valid fact. */
export function faultOfFact(
  value: unknown,
): { readonly field: string; readonly type: string | undefined } | undefined {
  const type = isObject(value) && 'type' in value ? value.type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) return { field: 'type', type: undefined }
  const checks: Checks = { atMs: isTime, ...fieldsOf[type as Fact['type']] }
  const field = wrongField(value as object, checks)
  return field === undefined ? undefined : { field, type }
}
