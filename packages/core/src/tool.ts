import { checkObject, checkTimeout, checkWord } from './check-option.ts'
import { mustBe } from './livegate-error.ts'
import type { CallBehavior } from './profile.ts'
import { checkArguments, type StandardSchema } from './standard-schema.ts'
import type { HandlerContext } from './tool-call-tracker.ts'
import { typeName } from './type-name.ts'

/**
 * When the model acts on the response to a call that does not block (generative_service.proto): at once, when it is idle (the server's
 * default), or silently.
 */
export type Scheduling = 'INTERRUPT' | 'WHEN_IDLE' | 'SILENT'

/** What a session's handler gets beside the arguments. */
export interface ToolContext extends HandlerContext {
  /**
   * Reports progress to the model, as a response with `willContinue`. Nothing is sent for a call that blocks or is settled.
   */
  report(progress: unknown): void
}

/**
 * Runs a tool. What it returns or throws becomes the response. An async generator reports what it yields, as with `report`, and what it
 * returns becomes the response.
 */
export type SessionToolHandler = (args: Record<string, unknown>, context: ToolContext) => unknown

/** A handler with its options. */
export interface Tool {
  readonly handler: SessionToolHandler
  /** What the tool does, for the model. Only used in a declaration derived from `parameters`. */
  readonly description?: string | undefined
  /**
   * The schema of the arguments, which are checked before the handler runs; the model is told what does not fit. If the setup does not
   * declare the tool, its declaration is derived from the schema: as the API's own `parameters`, or as `parametersJsonSchema` if those
   * cannot express it.
   */
  readonly parameters?: StandardSchema | undefined
  /** How long a call may be pending, in milliseconds; `Infinity` for ever. Default: the session's `deadlines.handlerMs`. */
  readonly timeoutMs?: number | undefined
  /**
   * Overrides, for the gate, the `behavior` that the setup declares. The server knows only the declaration: set it there too, unless it is
   * derived from `parameters`.
   */
  readonly behavior?: CallBehavior | undefined
  /** For calls that do not block. Default: the server's own. */
  readonly scheduling?: Scheduling | undefined
}

/** Handlers, or tools, by name. Calls of any other tool are left to be answered by hand. */
export type Tools = { readonly [name: string]: SessionToolHandler | Tool }

/** A tool whose handler gets the arguments as its `parameters` output them. */
export interface TypedTool<Args> extends Omit<Tool, 'handler' | 'parameters'> {
  readonly parameters: StandardSchema<Args>
  readonly handler: (args: Args, context: ToolContext) => unknown
}

/** Returns the tool as it is; only its type changes: the handler's arguments are those of the schema. */
export function defineTool<Args>(tool: TypedTool<Args>): Tool {
  // Sound, because the arguments are checked against the schema before the handler gets them.
  return tool as Tool
}

/** @throws {LivegateError} `invalid-options`, naming the field. */
export function checkTools(tools: Tools): ReadonlyMap<string, Tool> {
  checkObject('tools', tools)
  return new Map(
    Object.entries(tools ?? {}).map(([name, given]) => {
      const field = `tools.${name}`
      const tool: Tool = typeof given === 'function' ? { handler: given } : given
      mustBe(typeof tool?.handler === 'function', field, 'a function or { handler }', typeName(tool))
      // The defaults pass the checks: an absent option is right.
      const { parameters, timeoutMs = 1, behavior = 'BLOCKING', scheduling = 'SILENT' } = tool
      const isSchema = !parameters || typeof parameters['~standard']?.validate === 'function'
      mustBe(isSchema, `${field}.parameters`, 'a Standard Schema', typeName(parameters))
      checkTimeout(`${field}.timeoutMs`, timeoutMs)
      checkWord(`${field}.behavior`, behavior, ['BLOCKING', 'NON_BLOCKING'])
      checkWord(`${field}.scheduling`, scheduling, ['INTERRUPT', 'WHEN_IDLE', 'SILENT'])
      return [name, tool]
    }),
  )
}

/** Checks the arguments and runs the tool. An async generator is stopped early once the call is settled. */
export async function runTool(
  { handler, parameters }: Tool,
  args: Record<string, unknown>,
  context: ToolContext,
): Promise<unknown> {
  const fitting = parameters ? await checkArguments(parameters, args) : args
  // The call may be over by now, and a handler has effects.
  if (context.signal.aborted) return undefined
  const result = await handler(fitting as Record<string, unknown>, context)
  if (!(Symbol.asyncIterator in Object(result))) return result
  const steps = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await steps.next()
    if (done) return value
    if (context.signal.aborted) return await steps.return?.()
    context.report(value)
  }
}
