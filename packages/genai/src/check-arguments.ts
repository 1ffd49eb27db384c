import type { LiveConnectParameters } from '@google/genai'
import { mustBe } from '@livegate/core/session'

type Fields = Readonly<Record<string, unknown>>

/** @throws {LivegateError} `invalid-options`, if it is not a client. */
export function checkClient(ai: unknown): void {
  const { live } = Object(ai) as { readonly live?: { readonly connect?: unknown } }
  // Not the value, which may be a key that is passed in place of the client.
  mustBe(typeof live?.connect === 'function', 'ai', 'a GoogleGenAI client', typeof ai)
}

/**
 * Checks the parameters that the SDK takes, for callers without TypeScript. The SDK itself would fail only later, in the middle of a
 * connection, and some of those failures end the process.
 *
 * @throws {LivegateError} `invalid-options`, naming the field.
 */
export function checkParams(params: LiveConnectParameters): void {
  const { model, callbacks, config, ...others } = fieldsOf(
    'params',
    params,
    'an object with model and callbacks',
  )
  mustBe(
    others.tools == null,
    'params.tools',
    'in config (declarations) or options (handlers)',
    typeof others.tools,
  )
  mustBe(typeof model === 'string' && model, 'model', 'the name of a model', model)
  const given = fieldsOf('callbacks', callbacks, 'an object with onmessage')
  mustBe(typeof given.onmessage === 'function', 'callbacks.onmessage', 'a function', given.onmessage)
  for (const name of ['onopen', 'onerror', 'onclose']) {
    mustBe(isFunctionOrAbsent(given[name]), `callbacks.${name}`, 'a function', given[name])
  }
  const { tools } = fieldsOf('config', config ?? {}, 'an object')
  mustBe(tools == null || Array.isArray(tools), 'config.tools', 'a list', tools)
}

/**
 * Checks the options that are not those of a session, which checks its own.
 *
 * @throws {LivegateError} `invalid-options`, naming the field.
 */
export function checkOptions(options: object): void {
  const { onEvent, signal } = fieldsOf('options', options, 'an object')
  mustBe(isFunctionOrAbsent(onEvent), 'onEvent', 'a function', onEvent)
  const { throwIfAborted } = Object(signal) as Partial<AbortSignal>
  mustBe(signal == null || typeof throwIfAborted === 'function', 'signal', 'an AbortSignal', signal)
}

/**
 * Refuses options of `connectLive` that `gateLive` has no use for.
 *
 * @throws {LivegateError} `invalid-options`, naming the field.
 */
export function refuseAnswering(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const isRefused = value !== undefined && (name === 'tools' || name === 'responses')
    mustBe(!isRefused, name, 'left out, because the framework answers the calls', typeof value)
  }
}

function fieldsOf(field: string, value: unknown, expected: string): Fields {
  mustBe(typeof value === 'object' && value !== null, field, expected, value)
  return value as Fields
}

const isFunctionOrAbsent = (value: unknown): boolean => value == null || typeof value === 'function'
