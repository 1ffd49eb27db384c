import type { Fact } from './fact.ts'
import { faultOfFact } from './fact-fields.ts'
import { type Check, type Checks, isAmount, isCount, isObject, isText, isTime, wrongField } from './fields.ts'
import type { Outcome } from './verdict.ts'
import { type Way, ways } from './way.ts'

/** The server of a run. An emulated result must never be taken for one from Google's server. */
type ServerName = 'emulator' | 'google'

/** A recorded run. */
export interface Trace {
  readonly way: Way
  readonly server: ServerName
  /** The emulator's profile, or the model's name. */
  readonly model: string
  readonly toolMs: number
  readonly facts: readonly Fact[]
  /** Undefined while the run is going on. */
  readonly outcome: Outcome | undefined
}

const format = 'livegate-web-trace'
const version = 1

/** Writes a trace as the text of a file. */
export const writeTrace = (trace: Trace): string => `${JSON.stringify({ format, version, ...trace })}\n`

/** A file cannot be opened; the message says why, for the visitor. */
export class TraceError extends Error {
  override readonly name = 'TraceError'
}

/**
 * Reads a file that {@link writeTrace} wrote.
 *
 * @throws {TraceError} for any other.
 */
export function readTrace(text: string): Trace {
  let file: Partial<Trace & { format: unknown; version: unknown }>
  try {
    file = JSON.parse(text)
  } catch {
    throw new TraceError('This is not a trace: the file is not JSON. Choose a file that “Save” made.')
  }
  if (file?.format !== format) {
    throw new TraceError('This is not a trace of Livegate. Choose a file that “Save” made.')
  }
  if (typeof file.version !== 'number') throw damaged('version')
  if (file.version !== version) {
    throw new TraceError(
      `This trace was saved by another version of the page, in format ${file.version}. This page reads format ${version}.`,
    )
  }
  const { way, server, model, toolMs, facts, outcome } = file
  if (!way || !ways.includes(way)) throw damaged('way')
  if (server !== 'emulator' && server !== 'google') throw damaged('server')
  if (typeof model !== 'string') throw damaged('model')
  if (typeof toolMs !== 'number' || toolMs < 0) throw damaged('toolMs')
  if (!Array.isArray(facts)) throw damaged('facts')
  for (const [index, fact] of facts.entries()) {
    const { field, type } = faultOfFact(fact) ?? {}
    if (field) throw damaged(field, ` of fact ${index + 1}${type ? ` (${type})` : ''}`)
  }
  if (outcome !== undefined) checkOutcome(outcome)
  return { way, server, model, toolMs, facts, outcome }
}

const outcomeFields: { readonly [Field in keyof Outcome]: Check } = {
  spokenMs: isAmount,
  heardMs: (value) => value === null || isAmount(value),
  texts: isCount,
  lostTexts: isCount,
  calls: isCount,
  answered: isCount,
  end: isObject,
}

const endFields: { readonly [Kind in Outcome['end']['kind']]: Checks } = {
  alive: {},
  stopped: {},
  unanswered: {},
  closed: { code: isCount, reason: isText, atMs: isTime },
  refused: { reason: isText },
}

function checkOutcome(outcome: Outcome | null): void {
  if (!isObject(outcome)) throw damaged('outcome')
  const field = wrongField(outcome, outcomeFields)
  if (field) throw damaged(field, ' of the outcome')
  const { end } = outcome
  const isKnown = isText(end.kind) && Object.hasOwn(endFields, end.kind)
  const fieldOfEnd = isKnown ? wrongField(end, endFields[end.kind]) : 'kind'
  if (fieldOfEnd) throw damaged(fieldOfEnd, ' of the outcome’s end')
}

const damaged = (field: string, where: string = ''): TraceError =>
  new TraceError(`This trace is damaged: “${field}”${where} is missing or wrong.`)
