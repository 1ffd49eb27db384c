import type { LiveConnectParameters } from '@google/genai'
import { LivegateError } from '@livegate/core'
import type { Deadlines } from '@livegate/core/session'
import type { ConnectLiveOptions } from './connect-live.ts'

type Fields = Readonly<Record<string, unknown>>

/** The names of a type as an object, so that the compiler reports a missing one. */
type Names<Of> = { readonly [name in keyof Required<Of>]: true }

/** The options of `connectLive`. `gateLive` takes some of them. */
const optionNames: Names<ConnectLiveOptions> = {
  tools: true,
  responses: true,
  policy: true,
  deadlines: true,
  profile: true,
  preRollMs: true,
  maxBufferedBytes: true,
  onEvent: true,
  clock: true,
}

const deadlineNames: Names<Deadlines> = {
  handlerMs: true,
  byHandMs: true,
  setupMs: true,
  backpressureMs: true,
}

const blocking: readonly unknown[] = ['always', 'by-default', 'if-declared']

/** @throws {LivegateError} `invalid-options`, if it is not a client. */
export function checkClient(ai: unknown): void {
  const { live } = Object(ai) as { readonly live?: { readonly connect?: unknown } }
  mustBe(typeof live?.connect === 'function', 'ai', 'a GoogleGenAI client', ai)
}

/**
 * Checks the parameters that the SDK takes, for callers without TypeScript. The SDK itself would fail only later, in the middle of a
 * connection, and some of those failures end the process.
 *
 * @throws {LivegateError} `invalid-options`, naming the field.
 */
export function checkParams(params: LiveConnectParameters): void {
  const { model, callbacks, config } = fieldsOf('params', params, 'an object with model and callbacks')
  mustBe(typeof model === 'string' && model, 'model', 'the name of a model', model)
  const given = fieldsOf('callbacks', callbacks, 'an object with onmessage')
  mustBe(typeof given.onmessage === 'function', 'callbacks.onmessage', 'a function', given.onmessage)
  for (const name of ['onopen', 'onerror', 'onclose']) {
    mustBe(isFunctionOrAbsent(given[name]), `callbacks.${name}`, 'a function', given[name])
  }
  const { tools } = Object(config) as Fields
  mustBe(tools == null || Array.isArray(tools), 'config.tools', 'a list of tools', tools)
}

/**
 * Checks what a session does not check itself: names of options, because it ignores those that it does not know, and values that it
 * would treat as absent.
 *
 * @param without names that are not options here.
 * @throws {LivegateError} `invalid-options`, naming the field.
 */
export function checkOptions(options: object, ...without: readonly (keyof ConnectLiveOptions)[]): void {
  const names = Object.keys(optionNames).filter((name) => !without.some((each) => each === name))
  const { tools, deadlines, profile, onEvent } = onlyNamed('options', options, names)
  if (tools !== undefined) {
    const expected = 'an object with a handler for each name'
    mustBe(!Array.isArray(tools), 'tools', expected, 'a list')
    fieldsOf('tools', tools, expected)
  }
  if (deadlines !== undefined) onlyNamed('deadlines', deadlines, Object.keys(deadlineNames))
  if (profile !== undefined) {
    const { callsBlock } = fieldsOf('profile', profile, 'a profile, as profileFor(model) gives it')
    mustBe(blocking.includes(callsBlock), 'profile.callsBlock', `one of ${blocking}`, callsBlock)
  }
  mustBe(isFunctionOrAbsent(onEvent), 'onEvent', 'a function', onEvent)
}

function onlyNamed(field: string, value: unknown, names: readonly string[]): Fields {
  const fields = fieldsOf(field, value, 'an object')
  for (const [name, given] of Object.entries(fields)) {
    mustBe(given === undefined || names.includes(name), field, `some of ${names}`, name)
  }
  return fields
}

function fieldsOf(field: string, value: unknown, expected: string): Fields {
  mustBe(typeof value === 'object' && value !== null, field, expected, value)
  return value as Fields
}

const isFunctionOrAbsent = (value: unknown): boolean => value == null || typeof value === 'function'

function mustBe(isRight: unknown, field: string, expected: string, value: unknown): void {
  if (!isRight) throw new LivegateError('invalid-options', field, expected, value)
}
