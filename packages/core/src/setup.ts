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

/** What a session has to know of the tools that a setup, or a context update, declares. */
export interface DeclaredTools {
  /** Whether they name all their functions: not where there are no tools, or one that keeps its names to itself. */
  namesAll: boolean
  /** What they declare of their functions' behavior, by their names. */
  behaviors: ReadonlyMap<string, CallBehavior | undefined>
}

interface SetupTool {
  readonly functionDeclarations?: readonly { readonly name?: string; readonly behavior?: CallBehavior }[]
  /** js-genai's tools of MCP servers have it; which functions they have turns out on the way. */
  readonly callTool?: unknown
}

/**
 * A setup with the tools declared that tell their parameters and that it does not declare itself.
 *
 * @throws {LivegateError} `invalid-options`, when the parameters of a tool cannot be told as JSON Schema; `undeclared-tool`,
 * for a tool that the setup does not declare.
 */
export function readSetup(
  given: Setup,
  tools: ReadonlyMap<string, Tool>,
): { readonly setup: Setup; readonly declared: DeclaredTools } {
  const own = declaredBy(given.tools).behaviors
  const functionDeclarations = [...tools].flatMap(([name, { description, parameters, behavior }]) => {
    if (!parameters || own.has(name)) return []
    const parametersJsonSchema = jsonSchemaOf(`tools.${name}.parameters`, parameters)
    return { name, description, parametersJsonSchema, behavior }
  })
  const setup = functionDeclarations[0]
    ? { ...given, tools: [...(given.tools ?? []), { functionDeclarations }] }
    : given
  const declared = declaredBy(setup.tools)
  for (const name of tools.keys()) {
    const known = [...declared.behaviors.keys()].join(', ') || 'none'
    const isDeclared = !declared.namesAll || declared.behaviors.has(name)
    mustBe(isDeclared, `tools.${name}`, `a declared tool (${known})`, name, 'undeclared-tool')
  }
  return { setup, declared }
}

export function declaredBy(tools: readonly SetupTool[] = []): DeclaredTools {
  const functions = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations)
  return {
    namesAll: tools.length > 0 && !tools.some(({ callTool }) => callTool),
    behaviors: new Map(functions.map(({ name = '', behavior }) => [name, behavior])),
  }
}
