import type { JsonObject } from './protocol/read-message.ts'

/** Replaces a value that the log does not keep. */
const leftOut = '…'

/**
 * Fields whose values the log does not keep, by their lowerCamelCase names: headers and keys for tool servers, and bytes.
 * Source: `StreamableHttpTransport`, `ApiAuth`, `AuthConfig`, `ReplicatedVoiceConfig`, `CustomizedAvatar` and `Blob` in the
 * types of @google/genai 3.1.
 */
const withoutValue: ReadonlySet<string> = new Set([
  'headers',
  'apiAuth',
  'apiKey',
  'authConfig',
  'data',
  'voiceSampleAudio',
  'consentAudio',
  'signature',
  'imageData',
  'thoughtSignature',
])

/** Removes credentials and media from a setup. Function declarations stay as they are, whatever the names of their parameters. */
export function loggedSetup(setup: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(setup).map(([name, value]) => [name, logged(name, value)]))
}

function logged(name: string, value: unknown): unknown {
  const known = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  if (known === 'functionDeclarations') return value
  if (withoutValue.has(known)) return withoutTexts(value)
  // The query may contain a key.
  if (known === 'url' && typeof value === 'string') return value.replace(/\?.*/s, `?${leftOut}`)
  return mapped(value, logged)
}

function withoutTexts(value: unknown): unknown {
  return typeof value === 'string' ? leftOut : mapped(value, (_name, inner) => withoutTexts(inner))
}

/** Maps each field or list entry; list entries have the name ''. */
function mapped(value: unknown, map: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => map('', entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, map(name, field)]))
}
