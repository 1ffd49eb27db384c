import { mustBe } from './livegate-error.ts'
import type { CallBehavior } from './profile.ts'
import { declarationOf } from './standard-schema.ts'
import type { Tool } from './tool.ts'

/**
 * An object with other fields besides. An interface has no index signature: it is assignable to the first of the two. Not exported: a
 * library's declarations would have to name it, and could not.
 */
type Open<Known> = Known | (Known & { readonly [field: string]: unknown })

/** The fields of the wire's `setup` that a session reads. */
export interface KnownSetup {
  readonly model: string
  readonly tools?: readonly object[] | undefined
  readonly realtimeInputConfig?:
    | Open<{
        readonly automaticActivityDetection?: Open<{ readonly disabled?: boolean | undefined }> | undefined
      }>
    | undefined
}

/** The part of the wire's `setup` that a session reads. All other fields go on the wire as they are. */
export type Setup = Open<KnownSetup>

/** What a session has to know about the tools that a setup or a context update declares. */
export interface DeclaredTools {
  /** Whether the names of all functions are known: not without any tools, nor with one that does not list its functions. */
  namesAll: boolean
  /** The declared `behavior` of each function, by its name. */
  behaviors: ReadonlyMap<string, CallBehavior | undefined>
}

interface SetupTool {
  readonly functionDeclarations?: readonly { readonly name?: string; readonly behavior?: CallBehavior }[]
  /** Marks js-genai's tools of MCP servers, whose functions are not known beforehand. */
  readonly callTool?: unknown
}

/**
 * Returns the setup with declarations added for the tools that have `parameters` and that it does not declare itself.
 *
 * @throws {LivegateError} `invalid-options`, if the parameters of a tool have no JSON Schema, or a field that a session reads is not in
 * camelCase; `undeclared-tool`, for a tool that is not declared then.
 */
export function declareTools(given: Setup, tools: ReadonlyMap<string, Tool>): Setup {
  const own = declaredBy(given.tools, given, given.realtimeInputConfig).behaviors
  const functionDeclarations = [...tools].flatMap(([name, { description, parameters, behavior }]) => {
    if (!parameters || own.has(name)) return []
    const declared = declarationOf(`tools.${name}.parameters`, parameters)
    return { name, description, ...declared, behavior }
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
  return setup
}

/**
 * @param parts what else a session reads of the setup. The wire takes names in snake_case, too (protobuf's JSON mapping), but a session
 * would not find them, and would not hold input as the server needs it.
 */
export function declaredBy(
  tools: readonly SetupTool[] = [],
  ...parts: readonly (object | undefined)[]
): DeclaredTools {
  mustBe(Array.isArray(tools), 'tools', 'a list', tools)
  for (const part of [...tools, ...parts] as readonly SetupTool[]) {
    // The fields of a tool that can be called are its own.
    for (const name in part) mustBe(part.callTool || !/_/.test(name), name, 'camelCase', name)
  }
  const functions = tools.flatMap((tool) => tool?.functionDeclarations ?? [])
  return {
    namesAll: tools.length > 0 && !tools.some((tool) => tool?.callTool),
    behaviors: new Map(functions.map(({ name = '', behavior }) => [name, behavior])),
  }
}
