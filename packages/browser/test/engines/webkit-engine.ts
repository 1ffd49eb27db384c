import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Builder, type WebDriver } from 'selenium-webdriver'
import type { Engine, EnginePage } from './engine.ts'

/** WebKitGTK's own browser, the nearest to Safari on this platform. */
export const webkit: Engine = {
  name: 'WebKit',
  programs: ['WebKitWebDriver', 'Xvfb'],
  packages: ['webkit2gtk-driver', 'gstreamer1.0-plugins-good', 'gstreamer1.0-pulseaudio', 'xvfb'],
  async open(url, environment) {
    const display = await startDisplay()
    const port = await freePort()
    const program = spawn('WebKitWebDriver', [`--port=${port}`], {
      env: { ...environment, DISPLAY: display.name },
      stdio: 'ignore',
    })
    const end = async (): Promise<void> => {
      await stop(program)
      await stop(display.program)
    }
    try {
      const driver = await connect(`http://127.0.0.1:${port}`)
      await driver.get(url)
      return pageOf(driver, end)
    } catch (error) {
      await end()
      throw error
    }
  },
}

async function connect(address: string): Promise<WebDriver> {
  await untilReady(address)
  const driver = await new Builder()
    .usingServer(address)
    .withCapabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': {
        binary: globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser')[0],
        args: ['--automation', '--enable-media-stream=true', '--media-playback-requires-user-gesture=false'],
      },
    })
    .build()
  await driver.manage().setTimeouts({ script: 120_000 })
  return driver
}

function pageOf(driver: WebDriver, end: () => Promise<void>): EnginePage {
  return {
    async evaluate(run: unknown, argument?: unknown) {
      const { result, error } = await driver.executeAsyncScript<{ result: never; error?: string }>(
        `const tell = arguments[0]
        ;(async () => (${run})(${JSON.stringify(argument)}))().then(
          (result) => tell({ result }),
          (error) => tell({ error: String(error) }),
        )`,
      )
      if (error !== undefined) throw new Error(error)
      return result
    },
    close: () => driver.quit().finally(end),
  }
}

/** Starts a virtual screen with the first free number. */
async function startDisplay(): Promise<{ readonly name: string; readonly program: ChildProcess }> {
  const program = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  for await (const line of createInterface(program.stdio[3] as Readable)) {
    return { name: `:${line}`, program }
  }
  throw new Error('Xvfb ended before it told its number')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function untilReady(address: string): Promise<void> {
  while (!(await fetch(`${address}/status`).catch(() => undefined))?.ok) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return
  program.kill()
  await once(program, 'exit')
}
