import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  defineTool,
  LiveSession,
  type Setup,
  type StandardSchema,
  type Tool,
  type Tools,
} from '../src/session.ts'
import { ManualClock, settled } from './manual-clock.ts'

const city = z.object({ city: z.string().describe('Its name'), days: z.number().int().default(1) })

/** What the model is told when it calls a tool with these arguments. */
async function answerTo(tool: Tool, args: Record<string, unknown>): Promise<unknown> {
  const wire: unknown[] = []
  const session = new LiveSession({
    clock: new ManualClock(),
    setup: { model: 'unknown', tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
    tools: { get_weather: tool },
  })
  const connection = session.connect({ send: (_type, body) => wire.push(body), close: () => {} })
  connection.receive({ setupComplete: {} })
  connection.receive({ toolCall: { functionCalls: [{ id: 'a', name: 'get_weather', args }] } })
  await settled()
  const [message] = wire as { functionResponses: { response: unknown }[] }[]
  return message?.functionResponses[0]?.response
}

describe('parameters', () => {
  const echo = defineTool({
    parameters: city,
    // Typed by the schema: this would not compile with arguments of another type.
    handler: ({ city, days }) => ({ city: city.toUpperCase(), days: days + 0 }),
  })

  it('give the handler the arguments as the schema outputs them', async () => {
    expect(await answerTo(echo, { city: 'Dublin' })).toEqual({ city: 'DUBLIN', days: 1 })
  })

  it('G7.6: answer arguments that do not fit with what is wrong, and the handler does not run', async () => {
    let ran = false
    const tool: Tool = {
      parameters: city,
      handler: () => {
        ran = true
      },
    }
    expect(await answerTo(tool, { city: 5, days: 1.5 })).toEqual({
      error:
        'the arguments do not fit: city: Invalid input: expected string, received number; ' +
        'days: Invalid input: expected int, received number',
    })
    expect(ran).toBe(false)
  })

  it.each([
    [
      'and name no field if the issue has none',
      [{ message: 'not today' }, { message: 'no', path: [{ key: 'a' }, 0] }],
      'not today; a.0: no',
    ],
    ['and refused without an issue', [], ''],
  ])('may be checked asynchronously, %s', async (_, issues, why) => {
    const parameters: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: async () => ({ issues }) },
    }
    expect(await answerTo({ parameters, handler: () => 1 }, {})).toEqual({
      error: `the arguments do not fit: ${why}`,
    })
  })
})

describe('the setup', () => {
  const handler = () => 1
  const parameters = z.object({ city: z.string() })
  const declared = {
    type: 'OBJECT',
    properties: { city: { type: 'STRING' } },
    required: ['city'],
  }

  function setupOf(tools: Tools, declared?: object): Setup {
    const setup = { model: 'models/some', labels: { a: 'b' }, ...(declared && { tools: [declared] }) }
    return new LiveSession({ clock: new ManualClock(), setup, tools }).setup
  }

  const f = { functionDeclarations: [{ name: 'f' }] }
  const search = { googleSearch: {} }
  it.each<[string, Tools, object | undefined, readonly object[] | undefined]>([
    ['a handler, to a setup without tools', { f: handler }, undefined, undefined],
    ['a tool without parameters', { f: { handler } }, f, [f]],
    ['a tool that is declared', { f: { handler, parameters } }, f, [f]],
    [
      'a tool that is not',
      { f: { handler, parameters } },
      search,
      [search, { functionDeclarations: [{ name: 'f', parameters: declared }] }],
    ],
    [
      'all that it says',
      { f: { handler, parameters, description: 'Finds', behavior: 'NON_BLOCKING' } },
      undefined,
      [
        {
          functionDeclarations: [
            { name: 'f', description: 'Finds', parameters: declared, behavior: 'NON_BLOCKING' },
          ],
        },
      ],
    ],
    [
      'a tool whose name only its server knows',
      { f: handler },
      { callTool: handler, mcp_client: {} },
      [{ callTool: handler, mcp_client: {} }],
    ],
  ])('declares %s', (_, tools, given, all) => {
    expect(setupOf(tools, given)).toEqual({
      model: 'models/some',
      labels: { a: 'b' },
      ...(all && { tools: all }),
    })
  })

  const inOneObject = (property: object): object => ({ type: 'object', properties: { a: property } })
  it.each<[string, z.ZodType, object | undefined]>([
    ['a text', z.string().describe('words'), { type: 'STRING', description: 'words' }],
    ['a whole number', z.int().min(0).max(9), { type: 'INTEGER', minimum: 0, maximum: 9 }],
    ['a choice', z.enum(['on', 'off']), { type: 'STRING', enum: ['on', 'off'] }],
    ['one text', z.literal('on'), { type: 'STRING', enum: ['on'] }],
    ['a text or null', z.string().nullable(), { type: 'STRING', nullable: true }],
    [
      'a list',
      z.array(z.boolean()).min(1).max(3),
      { type: 'ARRAY', items: { type: 'BOOLEAN' }, minItems: 1, maxItems: 3 },
    ],
    ['this or that', z.union([z.string(), z.number()]), { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }],
    [
      'one of several objects',
      z.discriminatedUnion('k', [z.object({ k: z.literal('x') }), z.object({ k: z.literal('y') })]),
      {
        anyOf: ['x', 'y'].map((k) => ({
          type: 'OBJECT',
          properties: { k: { type: 'STRING', enum: [k] } },
          required: ['k'],
        })),
      },
    ],
    [
      'a strict object with a field called type',
      z.strictObject({ type: z.string() }),
      { type: 'OBJECT', properties: { type: { type: 'STRING' } }, required: ['type'] },
    ],
    ['a pattern, without it', z.string().regex(/^a/).min(2), { type: 'STRING' }],
    ['a default, without it', z.string().default('x'), { type: 'STRING' }],
    ['a map', z.record(z.string(), z.number()), undefined],
    ['an object with any other fields', z.looseObject({ b: z.string() }), undefined],
    ['an object without fields', z.object({}), undefined],
    ['anything', z.any(), undefined],
    ['one of several numbers', z.literal([1, 2]), undefined],
    ['both of two', z.string().and(z.string().min(2)), undefined],
  ])('declares %s as the API does, if it can, else in JSON Schema', (_, a, parameter) => {
    const setup = setupOf({ f: { handler, parameters: z.object({ a: a.optional() }) } })
    const { $schema, ...json } = z.toJSONSchema(z.object({ a: a.optional() }), { io: 'input' })
    const declared = parameter
      ? { parameters: { type: 'OBJECT', properties: { a: parameter } } }
      : { parametersJsonSchema: json }
    expect(setup.tools).toEqual([{ functionDeclarations: [{ name: 'f', ...declared }] }])
  })

  it.each<[string, object, object | undefined]>([
    ['a text', { type: 'string' }, { type: 'STRING' }],
    [
      'an empty list of what is required, without it',
      { type: 'object', properties: { b: { type: 'null' } }, required: [] },
      {
        type: 'OBJECT',
        properties: { b: { type: 'NULL' } },
      },
    ],
    ['a constant', { type: 'string', const: 'x' }, undefined],
    ['a list without items', { type: 'array' }, undefined],
    ['a list of types', { type: ['string', 'null'] }, undefined],
    ['a reference', { type: 'object', $ref: '#' }, undefined],
  ])('declares %s of a library that does not know OpenAPI', (_, a, parameter) => {
    const input = ({ target }: { readonly target: string }) => {
      if (target !== 'draft-2020-12') throw new Error(`no ${target}`)
      return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...inOneObject(a) }
    }
    const validate = (value: unknown) => ({ value })
    const parameters: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate, jsonSchema: { input } },
    }
    const declared = parameter
      ? { parameters: { type: 'OBJECT', properties: { a: parameter } } }
      : { parametersJsonSchema: inOneObject(a) }
    expect(setupOf({ f: { handler, parameters } }).tools).toEqual([
      { functionDeclarations: [{ name: 'f', ...declared }] },
    ])
  })

  it('refuses a schema without a JSON Schema, naming it', () => {
    const validate = () => ({ value: {} })
    const plain: StandardSchema = { '~standard': { version: 1, vendor: 'plain', validate } }
    expect(() => setupOf({ f: { handler, parameters: plain } })).toThrow(
      'tools.f.parameters must be declared, or give JSON Schema; got "plain"',
    )
  })

  it('refuses a schema that its library cannot express as JSON Schema, naming it', () => {
    const parameters = z.object({ since: z.date() })
    const refused = () => setupOf({ f: { handler, parameters } })
    expect(refused).toThrow(expect.objectContaining({ code: 'invalid-options', field: 'tools.f.parameters' }))
    expect(refused).toThrow('got "Date cannot be represented in JS')
  })
})
