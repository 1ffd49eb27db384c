import { describe, expect, it } from 'vitest'
import {
  type EndpointOptions,
  endpointOf,
  type VertexOptions,
  vertexEndpoint,
  withoutSecrets,
} from '../src/wire.ts'

const bidi = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
const constrained =
  '/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained'

describe('the address of a connection', () => {
  it.each<[EndpointOptions, string]>([
    // As read from a file, with its line break.
    [{ apiKey: ' key\n' }, `wss://generativelanguage.googleapis.com${bidi}?key=key`],
    [{ apiKey: 'k&y' }, `wss://generativelanguage.googleapis.com${bidi}?key=k%26y`],
    [
      { accessToken: 'auth_tokens/t' },
      `wss://generativelanguage.googleapis.com${constrained}?access_token=auth_tokens%2Ft`,
    ],
    [{ url: 'http://127.0.0.1:8787' }, `ws://127.0.0.1:8787${bidi}`],
    [{ url: 'ws://127.0.0.1:8787/', apiKey: 'k' }, `ws://127.0.0.1:8787${bidi}?key=k`],
    [{ url: 'https://proxy', accessToken: 't' }, `wss://proxy${constrained}?access_token=t`],
    [{ url: 'HTTPS://proxy/live?room=1' }, 'wss://proxy/live?room=1'],
    [{ url: 'wss://proxy/live?room=1', apiKey: 'k' }, 'wss://proxy/live?room=1&key=k'],
    [{ url: 'wss://proxy?room=1' }, `wss://proxy${bidi}?room=1`],
    [{ url: 'wss://[::1]:80/a/' }, 'wss://[::1]:80/a/'],
  ])('of %j is %s', (options, address) => {
    expect(endpointOf(options)).toBe(address)
  })

  it.each<[EndpointOptions, string]>([
    [{}, 'apiKey must be given, or accessToken, or url; got "…"'],
    [{ apiKey: '' }, 'apiKey must be given, or accessToken, or url; got "…"'],
    [{ apiKey: ' ' }, 'apiKey must be given, or accessToken, or url; got "…"'],
    [{ apiKey: 0 as never }, 'apiKey must be a string; got "Number"'],
    [{ accessToken: Promise.resolve('secret') as never }, 'accessToken must be a string; got "Promise"'],
    [{ apiKey: 'secret', accessToken: 'secret' }, 'accessToken must be left out beside apiKey; got "…"'],
    [
      { url: '127.0.0.1:8787/?key=secret' },
      'url must be an address, as ws://host:8787 or https://host/path; got "…"',
    ],
    ...['address: wss://secret', 'wss://sec ret/live'].map((url): [EndpointOptions, string] => [
      { url },
      'url must be an address, as ws://host:8787 or https://host/path; got "…"',
    ]),
    // No port, no host: the platform would say so with the whole address.
    ...['ws://host:99999/?key=secret', 'ws://ho%00st/'].map((url): [EndpointOptions, string] => [
      { url },
      'url must be an address, as ws://host:8787 or https://host/path; got "…"',
    ]),
    [{ url: 'ftp://secret' }, 'url must be an address, as ws://host:8787 or https://host/path; got "…"'],
    [
      { url: 'wss://host/#secret' },
      'url must be an address, as ws://host:8787 or https://host/path; got "…"',
    ],
  ])('is refused for %j', (options, message) => {
    expect(() => endpointOf(options)).toThrow(expect.objectContaining({ code: 'invalid-options', message }))
  })
})

describe('a model on Vertex', () => {
  const path = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent'
  const given: VertexOptions = { model: 'm', accessToken: 't', project: 'p' }

  it.each<[Partial<VertexOptions>, string, string]>([
    [{}, 'aiplatform.googleapis.com', 'projects/p/locations/global/publishers/google/models/m'],
    [
      { location: 'us-central1' },
      'us-central1-aiplatform.googleapis.com',
      'projects/p/locations/us-central1/publishers/google/models/m',
    ],
    [
      { location: 'eu', model: 'publishers/other/models/m' },
      'aiplatform.eu.rep.googleapis.com',
      'projects/p/locations/eu/publishers/other/models/m',
    ],
    [
      { location: 'us' },
      'aiplatform.us.rep.googleapis.com',
      'projects/p/locations/us/publishers/google/models/m',
    ],
    [{ model: 'projects/x/m' }, 'aiplatform.googleapis.com', 'projects/x/m'],
    [{ model: 'models/m' }, 'aiplatform.googleapis.com', 'models/m'],
    [
      { model: 'other/m', accessToken: 't\n' },
      'aiplatform.googleapis.com',
      'projects/p/locations/global/publishers/other/models/m',
    ],
  ])('%j is at %s, by the name of %s', (options, host, model) => {
    expect(vertexEndpoint({ ...given, ...options })).toEqual({
      url: `wss://${host}${path}`,
      headers: { authorization: 'Bearer t' },
      model,
    })
  })
})

describe('a model on Vertex with incomplete options', () => {
  it.each<[object, string]>([
    [{ project: undefined }, 'project must be a string that is not empty; got "undefined"'],
    [{ model: '' }, 'model must be a string that is not empty; got "string"'],
    [{ location: '' }, 'location must be a string that is not empty; got "string"'],
    // A promise that was not awaited.
    [
      { accessToken: Promise.resolve('secret') },
      'accessToken must be a string that is not empty; got "object"',
    ],
    // Else the token would go to this host.
    ...['evil.example/?', 'evil.example/us'].map((location): [object, string] => [
      { location },
      `location must be a region, such as europe-west4; got "${location}"`,
    ]),
  ])('%j is refused', (options, message) => {
    const given = { model: 'm', accessToken: 't', project: 'p', ...options } as VertexOptions
    expect(() => vertexEndpoint(given)).toThrow(expect.objectContaining({ code: 'invalid-options', message }))
  })
})

describe('withoutSecrets', () => {
  it.each<[string, Parameters<typeof withoutSecrets>[1], string]>([
    ['connect to wss://h/p?key=secret failed', undefined, 'connect to wss://h/p?key=… failed'],
    ['wss://h/p?a=1&access_token=secret&b=2', undefined, 'wss://h/p?a=1&access_token=…&b=2'],
    [
      '\'wss://h/p?key=secret\' failed, "wss://h/p?key=secret" too',
      undefined,
      '\'wss://h/p?key=…\' failed, "wss://h/p?key=…" too',
    ],
    ['wss://h/p?key=secret#part', undefined, 'wss://h/p?key=…#part'],
    ['API key secret not valid: secret', { apiKey: 'secret' }, 'API key … not valid: …'],
    ['API key secret not valid', { apiKey: 'secret\n' }, 'API key … not valid'],
    ['nothing to hide', { apiKey: ' ' }, 'nothing to hide'],
    ['token auth_tokens/secret', { accessToken: 'auth_tokens/secret' }, 'token …'],
    [
      '"Bearer secret\nsecond line" is an invalid header value',
      undefined,
      '"Bearer …\nsecond line" is an invalid header value',
    ],
    ['nothing to hide', { apiKey: '' }, 'nothing to hide'],
    ['API key expired', { apiKey: 'key' }, 'API key expired'],
    [
      'the token secret has expired',
      { headers: { Authorization: 'Bearer secret\n' } },
      'the token … has expired',
    ],
    ['secret is no key', { headers: { 'x-goog-api-key': 'secret' } }, '… is no key'],
    ['a project of 5', { headers: { 'x-project': 5, none: undefined } as never }, 'a project of 5'],
    ['wss://h/p?KEY=secret or bearer secret', undefined, 'wss://h/p?KEY=… or bearer …'],
    ['secret has expired', { url: 'wss://h/p?key=secret' }, '… has expired'],
    ['a/secret, then a%2Fsecret', { url: 'wss://h/p?a=1&access_token=a%2Fsecret&b=2' }, '…, then …'],
    ['{"error":"a\\/secret"}', { accessToken: 'a/secret' }, '{"error":"…"}'],
    // One that is tried in every way would take for ever.
    ['-'.repeat(60), { apiKey: `${'-'.repeat(40)}secret` }, '-'.repeat(60)],
    ['a%b\\c%', { apiKey: 'a%b\\c%' }, '…'],
    ['user me:secret is unknown', { url: 'wss://me:secret@h/p' }, 'user … is unknown'],
    ['connect to wss://user:secret@h/p@q failed', undefined, 'connect to wss://…@h/p@q failed'],
  ])('%s', (text, options, clean) => {
    expect(withoutSecrets(text, options)).toBe(clean)
  })
})
