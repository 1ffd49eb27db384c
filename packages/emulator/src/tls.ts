import { isIP } from 'node:net'
// Not the global one, nor `Date`: with a test's fake timers they tell another time than the client's TLS, which is not faked.
import { performance } from 'node:perf_hooks'
import { createSecureContext } from 'node:tls'
import { isUint8Array } from 'node:util/types'
import { EmulatorError } from './emulator-error.ts'

/** A private key and the certificate for it, both PEM: as text, or as the bytes of a file, such as a `Buffer`. */
export interface TlsCredentials {
  readonly key: string | Uint8Array
  readonly cert: string | Uint8Array
}

/** Both as text, which every function of Node takes. */
interface Pems {
  readonly key: string
  readonly cert: string
}

// Long enough for any test run, and short enough that a leaked key is soon useless.
const lifetimeDays = 30
const dayMs = 86_400_000

/**
 * @throws {EmulatorError} `invalid-option` for a value that is neither a boolean nor a key with its certificate. The message
 * shows nothing of it, because it may be a key.
 */
export function checkTls(tls: unknown): asserts tls is boolean | TlsCredentials {
  if (typeof tls === 'boolean') return
  if (typeof tls !== 'object' || tls === null) {
    const given = tls === null ? 'null' : typeof tls
    throw new EmulatorError('invalid-option', `tls must be true, false or { key, cert }, but is ${given}`)
  }
  const { key, cert } = tls as Partial<Record<keyof TlsCredentials, unknown>>
  for (const [name, value] of Object.entries({ key, cert })) {
    if (typeof value !== 'string' && !isUint8Array(value)) {
      throw new EmulatorError('invalid-option', `tls.${name} must be a PEM, but is ${typeof value}`)
    }
  }
  const pems = pemsOf(tls as TlsCredentials)
  const attempts = [
    ['tls.key', { key: pems.key }, 'a private key in PEM'],
    ['tls.cert', { cert: pems.cert }, 'a certificate in PEM'],
    ['tls', pems, 'a key and a certificate that belong together'],
  ] as const
  for (const [field, given, expected] of attempts) {
    try {
      createSecureContext(given)
    } catch (cause) {
      const problem = (cause as Error).message
      throw new EmulatorError('invalid-option', `${field} must be ${expected}: ${problem}`, { cause })
    }
  }
}

/** Returns the given credentials; for `true`, new ones for this machine's own names and `host`. */
export async function credentialsFor(tls: boolean | TlsCredentials, host: string): Promise<Pems | undefined> {
  if (typeof tls === 'object') return pemsOf(tls)
  if (!tls) return undefined
  // Loaded only if needed.
  const { generate } = await import('selfsigned')
  const names = [...new Set(['localhost', '127.0.0.1', '::1', host])]
  const notBeforeDate = new Date(performance.timeOrigin + performance.now() - dayMs)
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Livegate emulator' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + lifetimeDays * dayMs),
    // Not a certificate authority: trusting this certificate must not mean trusting what its key signs.
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  })
  return { key, cert }
}

function pemsOf({ key, cert }: TlsCredentials): Pems {
  const textOf = (pem: string | Uint8Array): string =>
    typeof pem === 'string' ? pem : Buffer.from(pem).toString()
  return { key: textOf(key), cert: textOf(cert) }
}
