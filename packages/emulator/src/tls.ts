import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { EmulatorError } from './emulator-error.ts'

/** A private key and the certificate for it, both PEM. */
export interface TlsCredentials {
  readonly key: string | Buffer
  readonly cert: string | Buffer
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
    if (typeof value !== 'string' && !Buffer.isBuffer(value)) {
      throw new EmulatorError('invalid-option', `tls.${name} must be a PEM, but is ${typeof value}`)
    }
  }
  const attempts = [
    ['tls.key', { key }, 'a private key in PEM'],
    ['tls.cert', { cert }, 'a certificate in PEM'],
    ['tls', { key, cert }, 'a key and a certificate that belong together'],
  ] as const
  for (const [field, pems, expected] of attempts) {
    try {
      createSecureContext(pems as Partial<TlsCredentials>)
    } catch (cause) {
      const problem = (cause as Error).message
      throw new EmulatorError('invalid-option', `${field} must be ${expected}: ${problem}`, { cause })
    }
  }
}

/** Returns the given credentials; for `true`, new ones for this machine's own names and `host`. */
export async function credentialsFor(
  tls: boolean | TlsCredentials,
  host: string,
): Promise<TlsCredentials | undefined> {
  if (typeof tls === 'object') return tls
  if (!tls) return undefined
  // Loaded only if needed.
  const { generate } = await import('selfsigned')
  const names = [...new Set(['localhost', '127.0.0.1', '::1', host])]
  const notBeforeDate = new Date(Date.now() - dayMs)
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
