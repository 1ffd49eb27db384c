import type { JsonObject } from './protocol/read-message.ts'

/** What stands for a value that the log does not keep. */
const leftOut = '…'

/**
 * Fields of which the log keeps no value, by their lowerCamelCase names: headers and keys, with which a server of tools is
 * asked, and bytes. Source: `StreamableHttpTransport`, `ApiAuth`, `AuthConfig`, `ReplicatedVoiceConfig`, `CustomizedAvatar`
 * and `Blob` in the types of @google/genai 3.1.
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

/** A setup as it is logged: neither credentials nor media. Its functions are as they came, whatever their parameters are called. */
export function loggedSetup(setup: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(setup).map(([name, value]) => [name, logged(name, value)]))
}

function logged(name: string, value: unknown): unknown {
  const known = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  if (known === 'functionDeclarations') return value
  if (withoutValue.has(known)) return withoutTexts(value)
  // A key may be in the query.
  if (known === 'url' && typeof value === 'string') return value.replace(/\?.*/s, `?${leftOut}`)
  return mapped(value, logged)
}

function withoutTexts(value: unknown): unknown {
  return typeof value === 'string' ? leftOut : mapped(value, (_name, inner) => withoutTexts(inner))
}

/** Entries of a list have no name. */
function mapped(value: unknown, map: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => map('', entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, map(name, field)]))
}
