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
  const parametersJsonSchema = {
    type: 'object',
    properties: { city: { type: 'string' } },
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
      [search, { functionDeclarations: [{ name: 'f', parametersJsonSchema }] }],
    ],
    [
      'all that it says',
      { f: { handler, parameters, description: 'Finds', behavior: 'NON_BLOCKING' } },
      undefined,
      [
        {
          functionDeclarations: [
            { name: 'f', description: 'Finds', parametersJsonSchema, behavior: 'NON_BLOCKING' },
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
  ])('declares %s', (_, tools, declared, all) => {
    expect(setupOf(tools, declared)).toEqual({
      model: 'models/some',
      labels: { a: 'b' },
      ...(all && { tools: all }),
    })
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
