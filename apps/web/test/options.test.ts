import { describe, expect, it } from 'vitest'
import { defaultModel, readOptions } from '../src/server/options.ts'
import { UsageError } from '../src/server/usage-error.ts'

const key = { GEMINI_API_KEY: 'secret' }

describe('the command line', () => {
  it.each<[string, readonly string[], NodeJS.ProcessEnv, object]>([
    ['no flags', [], {}, { port: 8642, backend: { kind: 'emulator' } }],
    ['a port behind --', ['--', '--port', '0'], {}, { port: 0, backend: { kind: 'emulator' } }],
    ['the last port', ['--port', '65535'], {}, { port: 65_535, backend: { kind: 'emulator' } }],
    ['a key', [], key, { port: 8642, backend: { kind: 'google', apiKey: 'secret', model: defaultModel } }],
    ['an empty key', [], { GEMINI_API_KEY: '' }, { port: 8642, backend: { kind: 'emulator' } }],
    [
      'a key and a model',
      ['--model', 'm'],
      key,
      { port: 8642, backend: { kind: 'google', apiKey: 'secret', model: 'm' } },
    ],
    ['a key that is not to be used', ['--emulator'], key, { port: 8642, backend: { kind: 'emulator' } }],
  ])('%s', (_, args, environment, options) => {
    expect(readOptions(args, environment)).toEqual({ kind: 'run', options })
  })

  it.each([['--help'], ['-h']])('asks for help: %s', (flag) => {
    expect(readOptions([flag], {})).toEqual({ kind: 'help' })
  })

  it.each<[readonly string[], NodeJS.ProcessEnv, string]>([
    [['--port', '65536'], {}, '--port must be an integer from 0 to 65535, not "65536"'],
    [['--port', '80x'], {}, '--port must be an integer from 0 to 65535, not "80x"'],
    [
      ['--port', '-1'],
      {},
      "Option '--port' argument is ambiguous. Did you forget to specify the option argument for '--port'? To specify an option argument starting with a dash use '--port=-XYZ'",
    ],
    [['--port=-1'], {}, '--port must be an integer from 0 to 65535, not "-1"'],
    [['--model', ''], key, '--model must name a model, not ""'],
    [
      ['--model', 'm'],
      {},
      '--model "m" is for Google, which needs an API key in the environment variable GEMINI_API_KEY and no --emulator; the page chooses the emulator\'s',
    ],
    [['--bogus'], {}, "Unknown option '--bogus'"],
    [['extra'], {}, "Unexpected argument 'extra'"],
  ])('refuses %j', (args, environment, message) => {
    expect(() => readOptions(args, environment)).toThrow(new UsageError(message))
  })
})
