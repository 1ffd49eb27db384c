import { invalidOption, refuseOtherFields } from './emulator-error.ts'
import { checkFault, type Fault } from './fault.ts'
import { sentences } from './voice.ts'

/** A function call of the emulated model. */
export interface ScriptedCall {
  /** The function's name. It is sent even if the setup does not declare it. */
  readonly name: string
  /** Default `{}`. */
  readonly args?: Readonly<Record<string, unknown>>
  /** Default: an id in the profile's form, unique in this emulator. No other call of the same toolCall may have it. */
  readonly id?: string
}

/** Which turns a reply answers, and what the user is taken to have said in them. */
export interface ReplyTerms {
  /** The turns that the reply answers. Default: any. */
  readonly when?: {
    /** `speech`: detected or marked turns; `text`: realtime text and client content. */
    readonly turn?: 'speech' | 'text'
    /**
     * What the text of the turn must include, ignoring case. A spoken turn has no text. That of client content is what the user has
     * said in it since the model, in one message or several.
     */
    readonly includes?: string
  }
  /** What the user is taken to have said in a spoken turn. Sent if the setup asks for `inputAudioTranscription`. */
  readonly heard?: string
}

/** The emulated model's reply to one turn of the user. */
export type Reply = ReplyTerms &
  (
    | /**
     * Speaks: audio, and the text as a transcript if the setup asks for `outputAudioTranscription`. `thought`: what the model
     * thinks before. On 2.5 it is sent, unless the setup has `includeThoughts: false`; otherwise only its tokens are counted.
     */
    { readonly say: string; readonly thought?: string }
    /**
     * Sends one toolCall. When its calls are settled, the model says `thenSay` (default: a sentence about the weather); for
     * calls that do not block, once for each. `say`: what it says meanwhile, with the toolCall in the middle of the audio, as
     * users report. Source: livekit/agents#6569. `thought`: as with `say`.
     */
    | {
        readonly call: readonly ScriptedCall[]
        readonly say?: string
        readonly thought?: string
        readonly thenSay?: string
      }
    /** Sends nothing at all: a model that never answers. */
    | { readonly silent: true }
    /** Applies a fault, and says nothing. */
    | Fault
  )

/** A reply that the model speaks, and the calls that it makes meanwhile. */
export interface Spoken {
  readonly say: string
  readonly thought?: string
  readonly call?: readonly ScriptedCall[]
  readonly thenSay?: string
}

/** What the emulator reads of a function's declaration. */
export interface DeclaredFunction {
  readonly name: string
  readonly behavior: 'BLOCKING' | 'NON_BLOCKING' | 'UNSPECIFIED'
  /** Whether its parameters have an empty list of those that are required. */
  readonly requiresNothing: boolean
  /** Whether only JSON Schema says what its parameters are. */
  readonly inJsonSchema: boolean
}

/** Returns the replies of a session for the functions that it declares. */
export type Script = (functions: readonly DeclaredFunction[]) => readonly Reply[]

/** What the model says after a call without `thenSay`. */
export const defaultThenSay: string = sentences.weather

/** A weather assistant: looks up the weather and reports it. From the second turn on it recommends an umbrella. */
export const weatherScript: Script = (functions) => {
  const weather = functions.find((candidate) => candidate.name === 'get_weather')
  const first = functions[0]
  const thenSay = sentences.weather
  const heard = 'What is the weather in Dublin?'
  const advice: Reply = { say: sentences.umbrella, heard: 'Do I need an umbrella?' }
  if (weather !== undefined)
    return [{ heard, call: [{ name: weather.name, args: { city: 'Dublin' } }], thenSay }, advice]
  if (first !== undefined) return [{ heard, call: [{ name: first.name }], thenSay }, advice]
  return [{ heard, say: sentences.weather }, advice]
}

/** A turn of the user, as a script sees it. `text` is undefined for speech. */
export interface TurnToAnswer {
  readonly text: string | undefined
}

/**
 * Returns the index of the reply to a turn: the first that fits and is unused, otherwise the last that fits. Undefined if none
 * fits.
 */
export function placeOfReply(
  turn: TurnToAnswer,
  replies: readonly Reply[],
  used: ReadonlySet<number>,
): number | undefined {
  const fitting = [...replies.keys()].filter((place) => fits(replies[place]?.when ?? {}, turn))
  return fitting.find((place) => !used.has(place)) ?? fitting.at(-1)
}

function fits({ turn, includes }: NonNullable<ReplyTerms['when']>, { text }: TurnToAnswer): boolean {
  if (turn !== undefined && turn !== (text === undefined ? 'speech' : 'text')) return false
  return includes === undefined || (text?.toLowerCase().includes(includes.toLowerCase()) ?? false)
}

/** @throws {EmulatorError} `invalid-option` unless `replies` is a list of one reply or more. */
export function checkScript(replies: unknown): asserts replies is readonly Reply[] {
  if (!Array.isArray(replies) || replies.length === 0) {
    throw invalidOption('script', replies, 'a list of one reply or more')
  }
  for (const [index, reply] of replies.entries()) checkReply(`script[${index}]`, reply)
}

/** @throws {EmulatorError} `invalid-option` unless `calls` is a list of one call or more. */
export function checkCalls(field: string, calls: unknown): asserts calls is readonly ScriptedCall[] {
  if (!Array.isArray(calls) || calls.length === 0)
    throw invalidOption(field, calls, 'a list of one call or more')
  const ids = new Set<string>()
  for (const [index, call] of calls.entries()) {
    const place = `${field}[${index}]`
    const fields = asFields(place, call)
    const { name, args, id } = fields
    if (typeof name !== 'string' || name === '') throw invalidOption(`${place}.name`, name, 'a name')
    if (args !== undefined) checkArguments(`${place}.args`, args)
    if (id !== undefined) {
      if (typeof id !== 'string') throw invalidOption(`${place}.id`, id, 'a string')
      // One answer would settle both. A server that sends a call again is imitated by `delivery`.
      if (ids.has(id)) throw invalidOption(`${place}.id`, id, 'an id that no other call of the list has')
      ids.add(id)
    }
    refuseOtherFields(place, fields, ['name', 'args', 'id'])
  }
}

/** Refuses what would only fail when it is sent: circular or very deep objects, and `bigint`. */
function checkArguments(place: string, args: unknown): void {
  asFields(place, args)
  try {
    // Indented, as it is sent: from Node 26 on, only without that is there no limit to the depth.
    JSON.stringify(args, null, 2)
  } catch {
    throw invalidOption(place, args, 'an object that JSON can carry')
  }
}

/** @throws {EmulatorError} `invalid-option` unless `ids` is a list of strings. */
export function checkIds(field: string, ids: unknown): asserts ids is readonly string[] {
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
    throw invalidOption(field, ids, 'a list of ids')
}

const termNames = ['when', 'heard']

function checkReply(place: string, reply: unknown): void {
  const fields = asFields(place, reply)
  const { say, thought, call, thenSay, silent, fault, when, heard } = fields
  const given = [call ?? say, silent, fault].filter((value) => value !== undefined)
  if (given.length !== 1)
    throw invalidOption(place, reply, 'an object with one of say, call, silent and fault')
  if (say !== undefined) checkSentence(`${place}.say`, say)
  if (call !== undefined) checkCalls(`${place}.call`, call)
  if (thought !== undefined) checkSentence(`${place}.thought`, thought)
  if (thenSay !== undefined) checkSentence(`${place}.thenSay`, thenSay)
  if (silent !== undefined && silent !== true) throw invalidOption(`${place}.silent`, silent, 'true')
  if (fault !== undefined) checkFault(place, reply, termNames)
  else {
    const names =
      call !== undefined
        ? ['call', 'say', 'thought', 'thenSay']
        : say !== undefined
          ? ['say', 'thought']
          : ['silent']
    refuseOtherFields(place, fields, [...names, ...termNames])
  }
  if (heard !== undefined) checkSentence(`${place}.heard`, heard)
  if (when !== undefined) checkWhen(`${place}.when`, when)
}

function checkWhen(place: string, when: unknown): void {
  const fields = asFields(place, when)
  const { turn, includes } = fields
  if (turn !== undefined && turn !== 'speech' && turn !== 'text')
    throw invalidOption(`${place}.turn`, turn, '"speech" or "text"')
  if (includes !== undefined) {
    checkSentence(`${place}.includes`, includes)
    if (turn === 'speech')
      throw invalidOption(`${place}.turn`, turn, '"text" beside includes, because speech has no text')
  }
  refuseOtherFields(place, fields, ['turn', 'includes'])
}

function checkSentence(place: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '') throw invalidOption(place, value, 'a non-empty text')
}

/** @throws {EmulatorError} `invalid-option` for anything but an object. */
export function asFields(place: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidOption(place, value, 'an object')
  }
  return value as Readonly<Record<string, unknown>>
}
