import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { needChromium } from '@livegate/chromium'
import { type Emulator, type EmulatorOptions, startEmulator } from '@livegate/emulator'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { closeBrowsers, openPage } from './chromium.ts'

beforeEach(needChromium)
closeBrowsers()

async function emulate(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  return emulator
}

const model = 'gemini-2.5-flash-native-audio-preview-12-2025'
const accessToken = 'auth_tokens/of-a-test'

describe('connectLive', () => {
  it('connects by an ephemeral token, sends and hears', async () => {
    const emulator = await emulate({ script: [{ say: 'It is noon.' }] })
    const page = await openPage()
    const told = await page.evaluate(
      async (options) => {
        const events: string[] = []
        const session = await livegate.connectLive({
          ...options,
          config: { outputAudioTranscription: {} },
          onEvent: (event) => events.push(event.type),
        })
        let text = ''
        let samples = 0
        const over = new Promise<void>((resolve) => {
          session.onMessage(({ serverContent }) => {
            text += serverContent?.outputTranscription?.text ?? ''
            for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
              samples += (inlineData?.data?.length ?? 0) / 2
            }
            if (serverContent?.turnComplete) resolve()
          })
        })
        const verdict = session.sendRealtimeInput({ text: 'What time is it?' })
        await over
        session.sendClientContent({ turns: 'Never mind.', turnComplete: false })
        session.close()
        return { verdict, text, isHeard: samples > 0, events, status: session.snapshot().status }
      },
      { model, accessToken, url: emulator.url },
    )
    expect(told).toEqual({
      verdict: { status: 'sent' },
      text: 'It is noon.',
      isHeard: true,
      events: ['setup-complete', 'gate-opened', 'session-closed'],
      status: 'closed',
    })
    expect(emulator.sessions[0]?.connection).toMatchObject({ credential: 'token', version: 'v1alpha' })
    expect(emulator.sessions[0]?.setup).toEqual({ model: `models/${model}`, outputAudioTranscription: {} })
  })

  it.each([
    ['apiKey', { apiKey: 'AIza-of-somebody' }],
    ['accessToken', { accessToken: 'AIza-of-somebody' }],
    ['url', { url: 'ws://127.0.0.1:1/path?key=AIza-of-somebody' }],
  ])(
    'refuses a key in %s unless it is allowed explicitly, and does not repeat it',
    async (field, endpoint) => {
      const emulator = await emulate()
      const page = await openPage()
      const connect = async (options: object): Promise<unknown> =>
        livegate.connectLive(options as never).then(
          (session) => session.close(),
          ({ code, field, message }) => ({ code, field, message }),
        )
      const refused = { code: 'api-key-exposed', field, message: expect.not.stringContaining('AIza') }
      expect(await page.evaluate(connect, { model, url: emulator.url, ...endpoint })).toEqual(refused)
      expect(emulator.sessions).toEqual([])
      const meant = { model, url: emulator.url, ...endpoint, dangerouslyAllowApiKey: true }
      const isOtherServer = field === 'url'
      expect(await page.evaluate(connect, meant)).toEqual(
        isOtherServer
          ? { code: 'closed', field: 'connection', message: expect.not.stringContaining('AIza') }
          : undefined,
      )
    },
  )

  it.each([
    ['polcy', { polcy: {} }],
    ['config.httpOptions', { config: { httpOptions: {} } }],
  ])('refuses the unknown option %s before it connects', async (field, options) => {
    const emulator = await emulate()
    const page = await openPage()
    const connect = async (given: object): Promise<unknown> =>
      livegate.connectLive(given as never).catch(({ code, message }) => ({ code, message }))
    expect(await page.evaluate(connect, { model, accessToken, url: emulator.url, ...options })).toEqual({
      code: 'invalid-options',
      message: `${field} must be left out: there is no such option here; got "object"`,
    })
    expect(emulator.sessions).toEqual([])
  })

  it('refuses what is no signal, listener or token before it connects', async () => {
    const emulator = await emulate()
    const page = await openPage()
    const told = await page.evaluate(
      async (options) => {
        const token = Promise.resolve(options.accessToken)
        const wrong: object[] = [
          { signal: new AbortController() },
          { signal: false },
          { onEvent: 'x' },
          { accessToken: token },
        ]
        const connecting = wrong.map((each) => livegate.connectLive({ ...options, ...each }))
        const settled = await Promise.allSettled(connecting)
        return settled.map((each) => each.status === 'rejected' && [each.reason.code, each.reason.message])
      },
      { model, accessToken, url: emulator.url },
    )
    expect(told).toEqual([
      ['invalid-options', 'signal must be an AbortSignal; got "[object AbortController]"'],
      ['invalid-options', 'signal must be an AbortSignal; got "false"'],
      ['invalid-options', 'onEvent must be a function; got "x"'],
      ['invalid-options', 'accessToken must be a string; got "Promise"'],
    ])
    expect(emulator.sessions).toEqual([])
  })

  describe('says why it is not connected', () => {
    const connect = async (options: object): Promise<unknown> =>
      livegate.connectLive(options as never).then(
        () => 'connected',
        ({ code, message }) => ({ code, message }),
      )

    it.each([
      ['that says why, as for a token that has expired', 1008, 'Token has expired.', 'Token has expired.'],
      // The server is there, so nothing else is asked.
      ['that says only a code', 1011, '', 'no reason'],
    ])('by a close frame %s', async (_, code, reason, told) => {
      const emulator = await emulate()
      emulator.injectNext({ fault: 'close', code, reason })
      const page = await openPage()
      expect(await page.evaluate(connect, { model, accessToken, url: emulator.url })).toEqual({
        code: 'closed',
        message: `connection must be open until it is set up (${code}: ${told}); got "closed"`,
      })
    })

    it.each([
      ['a server that refuses', 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'],
      ['a server that hangs up', ''],
    ])('by %s', async (_, answer) => {
      const server = createServer((socket) => socket.on('error', () => {}).end(answer))
      onTestFinished(() => void server.close())
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const page = await openPage()
      expect(await page.evaluate(connect, { model, accessToken, url })).toEqual({
        code: 'closed',
        message:
          'connection must be open until it is set up (1006: no reason; is the server there, and the token neither used up nor expired?); got "closed"',
      })
    })

    it('by a server that says nothing', async () => {
      const emulator = await emulate()
      emulator.injectNext({ fault: 'silence' })
      const page = await openPage()
      const options = { model, accessToken, url: emulator.url, deadlines: { setupMs: 300 } }
      expect(await page.evaluate(connect, options)).toEqual({
        code: 'closed',
        message:
          'connection must be open until it is set up (closed from here: no setupComplete within 0.3 s); got "closed"',
      })
    })

    it.each([
      ['no model', { accessToken, model: '' }, 'model must be the name of a model; got ""'],
      ['no credential', { model }, 'apiKey must be given, or accessToken, or url; got "…"'],
      [
        'a handler of no tool',
        {
          accessToken,
          model,
          config: { tools: [{ functionDeclarations: [{ name: 'a' }] }] },
          tools: { b: 'handler' },
        },
        expect.stringContaining('tools.b must be'),
      ],
    ])('by %s, before anything is connected', async (_, options, message) => {
      const page = await openPage()
      expect(await page.evaluate(connect, options)).toMatchObject({ message })
    })

    it.each(['before', 'while'] as const)('by the signal, aborted %s it connects', async (when) => {
      const emulator = await emulate()
      emulator.injectNext({ fault: 'silence' })
      const page = await openPage()
      const reason = await page.evaluate(
        async ([when, options]) => {
          const controller = new AbortController()
          if (when === 'before') controller.abort('left')
          const connecting = livegate.connectLive({ ...options, signal: controller.signal })
          controller.abort('left')
          return connecting.catch((reason) => reason)
        },
        [when, { model, accessToken, url: emulator.url }] as const,
      )
      expect(reason).toBe('left')
    })
  })

  it('ignores a malformed frame, and goes on', async () => {
    const emulator = await emulate({ script: [{ say: 'It is noon.' }] })
    const page = await openPage()
    const running = page.evaluate(
      async (options) => {
        const problems: unknown[] = []
        const session = await livegate.connectLive({
          ...options,
          onEvent(event) {
            if (event.type === 'malformed-frame') problems.push(event.problem)
          },
        })
        await new Promise<void>((resolve) => {
          session.onMessage(({ usageMetadata }) => usageMetadata && resolve())
        })
        session.close()
        return problems
      },
      { model, accessToken, url: emulator.url },
    )
    await expect.poll(() => emulator.sessions[0]?.setup).toBeDefined()
    emulator.sessions[0]?.sendText('{"not JSON')
    emulator.sessions[0]?.sendText('[]')
    emulator.sessions[0]?.sendText('{"usageMetadata":{}}')
    expect(await running).toEqual(['it is not JSON', 'it is not an object'])
  })

  it.each([
    ['', 'The operation was aborted.', 'The operation was aborted.'],
    [
      ', without the token that it quotes',
      `The token ${accessToken} was revoked.`,
      'The token … was revoked.',
    ],
  ])('reports that the server has ended%s, and takes nothing more', async (_, reason, told) => {
    const emulator = await emulate({ script: [{ fault: 'close', code: 1008, reason }] })
    const page = await openPage()
    const seen = await page.evaluate(
      async (options) => {
        const session = await livegate.connectLive(options)
        // As a page may that connects the next session by the same object.
        options.accessToken = 'auth_tokens/of-the-next'
        const closed = new Promise((resolve) => {
          session.on('session-closed', ({ report: { code, reason } }) => resolve({ code, reason }))
        })
        session.sendRealtimeInput({ text: 'Go.' })
        const close = await closed
        return { close, verdict: session.sendRealtimeInput({ text: 'Still there?' }) }
      },
      { model, accessToken, url: emulator.url },
    )
    expect(seen).toEqual({
      close: { code: 1008, reason: told },
      verdict: { status: 'dropped', reason: 'closed' },
    })
  })
})

describe('a burst of 1000 messages', () => {
  /** A server that sends all messages at once after the setup. Every fourth is large, and each has its number. */
  async function burstOf(messages: number, bytes: number): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
    onTestFinished(() => void server.close())
    const sizes = [bytes / 50, bytes / 4, bytes / 8, bytes]
    server.on('connection', (socket) => {
      socket.once('message', () => {
        socket.send('{"setupComplete":{}}')
        for (let number = 0; number < messages; number++) {
          const text = 'x'.repeat(number % 4 === 0 ? (sizes[(number / 4) % sizes.length] as number) : 300)
          const outputTranscription = { text: String(number) }
          const serverContent = { outputTranscription, modelTurn: { parts: [{ text }] } }
          socket.send(JSON.stringify({ serverContent }))
        }
      })
    })
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it.each([400_000, 700_000])(
    'of up to %i bytes arrives in order, although the SDK may reorder it',
    async (bytes) => {
      const messages = 1000
      const url = await burstOf(messages, bytes)
      const page = await openPage()
      const count = async (which: 'livegate' | 'sdk'): Promise<number> => {
        return page.evaluate(
          async ([which, options, messages]) => {
            const numbers: number[] = []
            let done = (): void => {}
            const all = new Promise<void>((resolve) => {
              done = resolve
            })
            const take = (message: object): void => {
              const { serverContent } = message as {
                serverContent?: { outputTranscription?: { text?: string } }
              }
              const text = serverContent?.outputTranscription?.text
              if (text && numbers.push(Number(text)) === messages) done()
            }
            const session =
              which === 'livegate'
                ? await livegate.connectLive(options)
                : await new genai.GoogleGenAI({
                    apiKey: options.accessToken,
                    httpOptions: { baseUrl: options.url, apiVersion: 'v1alpha' },
                  }).live.connect({ model: options.model, callbacks: { onmessage: take } })
            if ('onMessage' in session) session.onMessage(take)
            await all
            session.close()
            return numbers.filter((number, index) => number !== index).length
          },
          [which, { model, accessToken, url }, messages] as const,
        )
      }
      const ours = await count('livegate')
      const theirs = await count('sdk')
      process.stdout.write(
        `${messages} messages of up to ${bytes} bytes, out of place: Livegate ${ours}, the SDK's web build ${theirs}\n`,
      )
      expect(ours).toBe(0)
    },
    120_000,
  )
})
