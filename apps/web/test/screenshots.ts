import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { executablePath } from '@livegate/chromium'
import upngModule from '@pdf-lib/upng'
import type { Page } from 'playwright-core'
import { startServer } from '../src/server/start-server.ts'
import { launch } from './chromium/browser.ts'

/** Takes the pictures in the documents: each run, light and dark, on a laptop and on a phone. */

const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

/** The types say that it is an ES module, but Node loads it as CommonJS. */
const { default: upng } = upngModule as unknown as { readonly default: typeof upngModule }

/** As many colours as the pictures need; a palette makes them a third of the size. */
const colors = 64

const sizes = [
  { width: 1440, height: 900, name: '1440' },
  { width: 390, height: 844, name: '390' },
]
const runs = [
  { file: 'no-gate', title: 'No gate' },
  { file: 'flag', title: 'Boolean flag' },
  { file: 'livegate', title: 'Livegate' },
]

if (executablePath === undefined) {
  process.stderr.write(
    'screenshots: this needs Chromium: apt-get install chromium, or LIVEGATE_CHROMIUM=its path\n',
  )
  process.exit(1)
}
mkdirSync(folder, { recursive: true })
const server = await startServer({ port: 0, backend: { kind: 'emulator' } })
const browser = await launch()
try {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Play all three' }).click()
  process.stdout.write('playing the three runs …\n')
  await page.waitForFunction(
    () =>
      document.querySelectorAll('.card .quiet:enabled').length === 3 &&
      !document.querySelector('[data-running]'),
    undefined,
    { timeout: 120_000 },
  )
  for (const { file, title } of runs) {
    await page.getByRole('button', { name: `Show ${title} on the timeline` }).click()
    for (const { width, height, name } of sizes) {
      await page.setViewportSize({ width, height })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await shoot(page, join(folder, `web-${file}-${colorScheme}-${name}.png`), width < 720)
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  }
} finally {
  await browser.close()
  await server.close()
}
const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
process.stdout.write(`${folder}: ${Math.round(bytes / 1000)} kB in all\n`)

/** Takes the whole page on a laptop, and only the timeline on a phone. */
async function shoot(page: Page, path: string, isPhone: boolean): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.mouse.move(0, 0)
  // Wait two frames: the timeline first measures itself, then draws.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
  const png = await (isPhone
    ? page.locator('.timeline-panel').screenshot()
    : page.screenshot({ fullPage: true }))
  const { buffer, byteOffset, byteLength } = png
  const image = upng.decode((buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength))
  writeFileSync(path, Buffer.from(upng.encode(upng.toRGBA8(image), image.width, image.height, colors)))
}
