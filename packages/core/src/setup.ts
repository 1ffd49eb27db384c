import { mustBe } from './livegate-error.ts'
import type { CallBehavior } from './profile.ts'
import { jsonSchemaOf } from './standard-schema.ts'
import type { Tool } from './tool.ts'

/** The wire's `setup`, as far as a session reads it; what else it says goes on the wire as it is. */
export interface Setup {
  readonly model: string
  readonly tools?: readonly object[]
  readonly realtimeInputConfig?: {
    readonly automaticActivityDetection?: { readonly disabled?: boolean }
  }
}

/** A setup, and what a session has to know of it. */
export interface SetupFacts {
  /** With the tools declared that tell their parameters and that it does not declare itself. */
  readonly setup: Setup
  /** Whether it names all its functions: not where it has no tools, or one that keeps its names to itself. */
  readonly namesAll: boolean
  /** What it declares of its functions' behavior, by their names. */
  readonly behaviors: ReadonlyMap<string, CallBehavior | undefined>
}

interface SetupTool {
  readonly functionDeclarations?: readonly { readonly name?: string; readonly behavior?: CallBehavior }[]
  /** js-genai's tools of MCP servers have it; which functions they have turns out on the way. */
  readonly callTool?: unknown
}

/**
 * @throws {LivegateError} `invalid-options`, when the parameters of a tool cannot be told as JSON Schema; `undeclared-tool`,
 * for a tool that the setup does not declare.
 */
export function readSetup(given: Setup, tools: ReadonlyMap<string, Tool>): SetupFacts {
  const own = behaviorsIn(given.tools)
  const functionDeclarations = [...tools].flatMap(([name, { description, parameters, behavior }]) => {
    if (!parameters || own.has(name)) return []
    const parametersJsonSchema = jsonSchemaOf(`tools.${name}.parameters`, parameters)
    return { name, description, parametersJsonSchema, behavior }
  })
  const setup = functionDeclarations[0]
    ? { ...given, tools: [...(given.tools ?? []), { functionDeclarations }] }
    : given
  const all: readonly SetupTool[] = setup.tools ?? []
  const behaviors = behaviorsIn(all)
  const namesAll = all.length > 0 && !all.some(({ callTool }) => callTool)
  for (const name of tools.keys()) {
    const known = [...behaviors.keys()].join(', ') || 'none'
    const isDeclared = !namesAll || behaviors.has(name)
    mustBe(isDeclared, `tools.${name}`, `a declared tool (${known})`, name, 'undeclared-tool')
  }
  return { setup, namesAll, behaviors }
}

/** What tools declare of their functions' behavior, by name. */
function behaviorsIn(tools: readonly SetupTool[] = []): ReadonlyMap<string, CallBehavior | undefined> {
  const functions = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations)
  return new Map(functions.map(({ name = '', behavior }) => [name, behavior]))
}
