import { type DeclaredParameters, declaredParameters } from './declared-parameters.ts'
import { mustBe } from './livegate-error.ts'
import { messageOf } from './tool-result.ts'

/** A problem that a schema found in a value. No interface: a library's declarations would have to name it, and could not. */
type Issue = {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

type Result<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] }

/**
 * A schema of any library that implements Standard Schema (standardschema.dev), such as zod 4. If the library can express it as JSON
 * Schema too, a declaration for the model can be derived from it.
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>
    }
  }
}

/**
 * Returns the arguments as the schema outputs them.
 *
 * @throws {Error} that tells the model, field by field, what is wrong.
 */
export async function checkArguments(schema: StandardSchema, args: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(args)
  if (result.issues === undefined) return result.value
  throw new Error(`the arguments do not fit: ${result.issues.map(describeIssue).join('; ')}`)
}

function describeIssue({ message, path = [] }: Issue): string {
  const keys = path.map((part) => String((part as { readonly key?: PropertyKey }).key ?? part)).join('.')
  return keys ? `${keys}: ${message}` : message
}

/**
 * Returns how a declaration describes the schema.
 *
 * @throws {LivegateError} `invalid-options`, if the library cannot express it as JSON Schema.
 */
export function declarationOf(field: string, schema: StandardSchema): DeclaredParameters {
  const { jsonSchema, vendor } = schema['~standard']
  let json: Record<string, unknown> | undefined
  let problem = vendor
  try {
    json = jsonSchema?.input({ target: 'draft-2020-12' })
  } catch (error) {
    problem = messageOf(error)
  }
  mustBe(json, field, 'declared, or give JSON Schema', problem)
  const { $schema: _, ...rest } = json
  let openApi: object = rest
  try {
    openApi = jsonSchema?.input({ target: 'openapi-3.0' }) ?? rest
  } catch {
    // Not every library knows OpenAPI; JSON Schema is often the same.
  }
  return declaredParameters(rest, openApi)
}
