import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { needChromium } from '@livegate/chromium'
import { type Emulator, startEmulator } from '@livegate/emulator'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { readTrace } from '../../src/trace/trace.ts'
import { startStandIn } from '../stand-in.ts'
import { closeBrowsers, openPage } from './chromium.ts'

beforeEach(needChromium)
closeBrowsers()

/** Stands in for Google: mints a token, and lets an emulator answer whoever presents it. */
async function startGoogle(): Promise<{ readonly url: string; readonly emulator: Emulator }> {
  const emulator = await startEmulator({ graceMs: 800 })
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"auth_tokens/abc"}')
  })
  server.on('upgrade', (request, socket, head) => {
    const upstream = connect(Number(new URL(emulator.url).port), '127.0.0.1', () => {
      const { rawHeaders, url } = request
      const headers = rawHeaders.flatMap((name, index) =>
        index % 2 ? [] : [`${name}: ${rawHeaders[index + 1]}\r\n`],
      )
      upstream.write(`GET ${url} HTTP/1.1\r\n${headers.join('')}\r\n`)
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
    for (const each of [socket, upstream]) each.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await emulator.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, emulator }
}

it('without a token the page says why, without quoting the key', { timeout: 120_000 }, async () => {
  const refused = {
    error: { code: 403, message: 'API key secret-key is not allowed', status: 'PERMISSION_DENIED' },
  }
  const { url } = await startStandIn(403, refused)
  const { page } = await openPage({
    path: '/?speech=weather',
    backend: { kind: 'google', apiKey: 'secret-key', model: 'gemini-2.5-flash-native-audio', baseUrl: url },
    complains: true,
  })
  await page.getByRole('button', { name: 'Let the recording talk' }).click()
  await page.locator('#verdict').getByText('No session').waitFor()
  expect(await page.locator('#talk-note').textContent()).toBe(
    'Google gave no token: API key … is not allowed',
  )
  expect(await page.locator('#run-name').textContent()).toBe('Livegate · Google · tool takes 1.5\u00a0s')
  expect(await page.content()).not.toContain('secret-key')
})

it('with a key the page connects to Google by a token only, and names the server of the results', {
  timeout: 120_000,
}, async () => {
  const { url, emulator } = await startGoogle()
  const { page } = await openPage({
    path: '/?speech=weather',
    backend: { kind: 'google', apiKey: 'secret-key', model: 'gemini-2.5-flash-native-audio', baseUrl: url },
  })
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url() + (request.postData() ?? '')))
  page.on('websocket', (socket) => requests.push(socket.url()))
  expect(await page.getByRole('banner').textContent()).toMatch(/Google\s+gemini-2.5-flash-native-audio/)
  expect(await page.getByLabel('Emulated model', { exact: true }).isVisible()).toBe(false)
  expect(
    await page
      .getByRole('main')
      .getByText(/emulat/i)
      .filter({ visible: true })
      .count(),
  ).toBe(0)
  await page.getByRole('button', { name: 'Let the recording talk' }).click()
  await page.locator('#verdict').getByText('The session lives').waitFor({ timeout: 60_000 })
  expect(await page.locator('#verdict').textContent()).toBe(
    'The session lives. Every call was answered. Google does not say what its server heard. Calls answered: 1\u{a0}of\u{a0}1.',
  )
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save' }).click(),
  ])
  const trace = readTrace(await readFile(await download.path(), 'utf8'))
  expect([trace.server, trace.model, trace.outcome?.heardMs]).toEqual([
    'google',
    'gemini-2.5-flash-native-audio',
    null,
  ])
  expect(emulator.sessions.map(({ connection }) => connection)).toEqual([
    { api: 'gemini', version: 'v1alpha', constrained: true, credential: 'token' },
  ])
  expect(requests.join(' ')).not.toContain('secret-key')
  expect(JSON.stringify(trace)).not.toMatch(/auth_tokens|secret-key/)
})
