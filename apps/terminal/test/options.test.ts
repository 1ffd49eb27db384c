import { describe, expect, it } from 'vitest'
import { help } from '../src/help.ts'
import { readOptions } from '../src/options.ts'

const defaults = {
  policy: 'hold',
  toolMs: 1500,
  file: undefined,
  server: { kind: 'emulator' },
  json: false,
}

describe('the command line', () => {
  it.each([
    { args: [], options: defaults },
    { args: ['--'], options: defaults },
    { args: ['--', '--json', '--tool-ms=1'], options: { ...defaults, json: true, toolMs: 1 } },
    { args: ['--json', '--policy', 'drop'], options: { ...defaults, json: true, policy: 'drop' } },
    { args: ['--tool-ms=20000', '--file', 'a.wav'], options: { ...defaults, toolMs: 20_000, file: 'a.wav' } },
  ])('$args', ({ args, options }) => {
    expect(readOptions(args, {})).toEqual({ kind: 'run', options })
  })

  it('is explained within eighty columns', () => {
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('asks for help before anything else', () => {
    expect(readOptions(['-h'], {})).toEqual({ kind: 'help' })
  })

  it('takes the key for the real API from the environment', () => {
    expect(readOptions(['--live', '--model', 'some-model'], { GEMINI_API_KEY: 'key' })).toEqual({
      kind: 'run',
      options: { ...defaults, server: { kind: 'google', apiKey: 'key', model: 'some-model' } },
    })
  })

  it.each([
    [['--tool-ms', '0'], '--tool-ms must be an integer from 1 to 20000, not "0"'],
    [['--tool-ms', '20001'], '--tool-ms must be an integer from 1 to 20000, not "20001"'],
    [['--tool-ms', '1.5'], '--tool-ms must be an integer from 1 to 20000, not "1.5"'],
    [['--policy', 'keep'], '--policy must be hold, drop or pass, not "keep"'],
    [['--live'], '--live needs an API key in the environment variable GEMINI_API_KEY'],
    [['--live', '--model', ''], '--model must name a model, not ""'],
    [['--file', ''], '--file must name a file, not ""'],
    [['--model', 'x'], '--model "x" needs --live: the emulator has one model'],
    [['--fast'], "Unknown option '--fast'"],
    [['--file'], "Option '--file <value>' argument missing"],
    [
      ['--tool-ms', '-5'],
      "Option '--tool-ms' argument is ambiguous. Did you forget to specify the option argument for '--tool-ms'? To specify an option argument starting with a dash use '--tool-ms=-XYZ'",
    ],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(expect.objectContaining({ name: 'UsageError', message }))
  })
})
