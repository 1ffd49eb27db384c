/** Parameters in OpenAPI 3.0, as far as the API's own `Schema` goes. Other words may be JSON Schema's. */
interface OpenApi {
  readonly type?: string
  readonly items?: OpenApi
  readonly properties?: Readonly<Record<string, OpenApi>>
  readonly anyOf?: readonly OpenApi[]
  readonly oneOf?: readonly OpenApi[]
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly [word: string]: unknown
}

/** How a declaration describes the parameters of its function: by the API's own `Schema`, or by JSON Schema. */
export type DeclaredParameters = { readonly parameters: object } | { readonly parametersJsonSchema: object }

/**
 * Prefers the API's own `Schema`: 2.5 has ignored JSON Schema in a Live session, and called functions without arguments
 * (googleapis/python-genai#1147, livekit/agents#5450).
 *
 * @param json the parameters in JSON Schema.
 * @param openApi the same in OpenAPI 3.0, or as near to it as their library comes.
 */
export function declaredParameters(json: object, openApi: object): DeclaredParameters {
  try {
    return { parameters: apiSchema(openApi as OpenApi) }
  } catch {
    return { parametersJsonSchema: json }
  }
}

/**
 * Leaves out what restricts a value without shaping it, such as `pattern`: the server closes for words that it does not know
 * (livekit/agents#7302), and arguments are checked before a handler runs.
 *
 * @throws for what `Schema` cannot express, such as references, maps, tuples, and an `enum` of numbers.
 */
function apiSchema({
  type,
  description,
  nullable,
  items,
  properties,
  oneOf,
  anyOf = oneOf,
  enum: values,
  required = [],
  minimum,
  maximum,
  minItems,
  maxItems,
  ...others
}: OpenApi): object {
  // The API refuses an object without properties, and a list without items.
  const shape =
    type === 'object' ? Object.keys(properties ?? {})[0] : type === 'array' ? items : (type ?? anyOf)
  const isBeyond = Object.entries(others).some(
    ([word, value]) => typeof value === 'object' || word === 'const' || word === '$ref',
  )
  if (!shape || isBeyond || values?.some((value) => typeof value !== 'string')) throw new TypeError(type)
  return {
    // Fails for a list of types.
    type: type?.toUpperCase(),
    description,
    nullable,
    items: items && apiSchema(items),
    properties:
      properties &&
      Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, apiSchema(each)])),
    anyOf: anyOf?.map(apiSchema),
    enum: values,
    // A declaration with an empty list has ended sessions.
    required: required[0] && required,
    minimum,
    maximum,
    minItems,
    maxItems,
  }
}
