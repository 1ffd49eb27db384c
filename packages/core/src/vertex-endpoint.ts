import { mustBe } from './livegate-error.ts'

/** A model on Vertex, and the credential for it. */
export interface VertexOptions {
  /** A model's name, or its path, such as `publishers/google/models/…`. */
  readonly model: string
  /** An OAuth access token. */
  readonly accessToken: string
  readonly project: string
  /** Default: `global`. */
  readonly location?: string | undefined
}

/**
 * Returns the options with which `connectLive` reaches a model on Vertex (js-genai 3.1, `live.ts`, and its names of models).
 *
 * @throws {LivegateError} `invalid-options`, naming the field that is missing or not a string, but not its value.
 */
export function vertexEndpoint({ model, accessToken, project, location = 'global' }: VertexOptions): {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly model: string
} {
  for (const [field, value] of Object.entries({ model, accessToken, project, location })) {
    mustBe(value && typeof value === 'string', field, 'a string that is not empty', typeof value)
  }
  const isJurisdiction = location === 'us' || location === 'eu'
  const region = location === 'global' ? 'aiplatform' : `${location}-aiplatform`
  const host = isJurisdiction ? `aiplatform.${location}.rep.googleapis.com` : `${region}.googleapis.com`
  const path = model.includes('/') ? model : `publishers/google/models/${model}`
  return {
    url: `wss://${host}/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent`,
    headers: { authorization: `Bearer ${accessToken}` },
    model: path.startsWith('projects/') ? path : `projects/${project}/locations/${location}/${path}`,
  }
}
