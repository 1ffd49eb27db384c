import { checkTimeout, checkWord } from './check-option.ts'
import { mustBe } from './livegate-error.ts'
import type { CallBehavior } from './profile.ts'
import { checkArguments, type StandardSchema } from './standard-schema.ts'
import type { HandlerContext } from './tool-call-tracker.ts'

/**
 * When the model takes up the response to a call that does not block (generative_service.proto): at once, when it is idle
 * (the server's default), or without a word.
 */
export type Scheduling = 'INTERRUPT' | 'WHEN_IDLE' | 'SILENT'

/** What a session's handler is told beside the arguments. */
export interface ToolContext extends HandlerContext {
  /**
   * Tells the model how the work goes on: a response with `willContinue`, for a call that does not block. Of a call that
   * blocks, or is settled, nothing is sent.
   */
  report(progress: unknown): void
}

/**
 * Does the work of a tool. What it returns or throws becomes the response. What an async generator yields is reported, as by
 * `report`, and what it returns is the response.
 */
export type SessionToolHandler = (args: Record<string, unknown>, context: ToolContext) => unknown

/** A tool with more to say than its handler. */
export interface Tool {
  readonly handler: SessionToolHandler
  /** What the tool does, for the model; part of a declaration that is derived. */
  readonly description?: string
  /**
   * What the arguments have to be: they are checked before the handler runs, and the model is told what does not fit. A tool
   * that the setup does not declare is declared by it.
   */
  readonly parameters?: StandardSchema
  /** How long a call may be pending, in milliseconds; `Infinity` for ever. Default: the session's `deadlines.handlerMs`. */
  readonly timeoutMs?: number
  /** In place of what the setup declares. */
  readonly behavior?: CallBehavior
  /** For calls that do not block. Default: the server's own. */
  readonly scheduling?: Scheduling
}

/** Handlers, or tools, by name. A call of another tool is left to be answered by hand. */
export type Tools = { readonly [name: string]: SessionToolHandler | Tool }

/** A tool whose handler gets the arguments as its `parameters` make them. */
export interface TypedTool<Args> extends Omit<Tool, 'handler' | 'parameters'> {
  readonly parameters: StandardSchema<Args>
  readonly handler: (args: Args, context: ToolContext) => unknown
}

/** Gives the handler its arguments' types; does nothing else. */
export function defineTool<Args>(tool: TypedTool<Args>): Tool {
  // The arguments are what the schema makes of them, which the type of a list of tools cannot say.
  return tool as Tool
}

/** @throws {LivegateError} `invalid-options`, naming the field. */
export function checkTools(tools: Tools): ReadonlyMap<string, Tool> {
  return new Map(
    Object.entries(tools).map(([name, given]) => {
      const field = `tools.${name}`
      const tool: Tool = typeof given === 'function' ? { handler: given } : given
      mustBe(typeof tool?.handler === 'function', field, 'a function or { handler }', tool)
      // What is not said is right.
      const { parameters, timeoutMs = 1, behavior = 'BLOCKING', scheduling = 'SILENT' } = tool
      const isSchema = !parameters || typeof parameters['~standard']?.validate === 'function'
      mustBe(isSchema, `${field}.parameters`, 'a Standard Schema', parameters)
      checkTimeout(`${field}.timeoutMs`, timeoutMs)
      checkWord(`${field}.behavior`, behavior, ['BLOCKING', 'NON_BLOCKING'])
      checkWord(`${field}.scheduling`, scheduling, ['INTERRUPT', 'WHEN_IDLE', 'SILENT'])
      return [name, tool]
    }),
  )
}

/**
 * Runs a tool on arguments that fit; of an async generator it reports what is yielded, and ends it early once the call is
 * settled.
 */
export async function runTool(
  { handler, parameters }: Tool,
  args: Record<string, unknown>,
  context: ToolContext,
): Promise<unknown> {
  const fitting = parameters ? await checkArguments(parameters, args) : args
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
