import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'

/** The versions of the SDK whose web build is tested. */
export const sdks = [
  { sdk: '3.x', module: '@google/genai', version: 'v1' },
  { sdk: '2.x', module: '@google/genai-2', version: 'v1beta' },
] as const

/** Chromium, and a page for each version of the SDK. */
export interface SdkPages {
  open(sdk: (typeof sdks)[number]['sdk']): Promise<Page>
  close(): Promise<void>
}

/**
 * Starts Chromium, and a server with a page for each version of the SDK.
 *
 * @param script a module that imports `@google/genai`. It runs in each page with the page's version.
 */
export async function startSdkPages(script: string): Promise<SdkPages> {
  const scripts = new Map<string, string>()
  for (const { sdk, module } of sdks) scripts.set(`/${sdk}.js`, await bundle(script, module))
  const server = createServer(({ url = '' }, response) => {
    const code = scripts.get(url)
    response.setHeader('content-type', code === undefined ? 'text/html' : 'text/javascript')
    response.end(code ?? `<!doctype html><script type="module" src="${url}.js"></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const browser = await launchChromium()
  return {
    async open(sdk) {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${port}/${sdk}`)
      return page
    },
    async close() {
      await browser.close()
      server.close()
    },
  }
}

/** Bundles a page's code for browsers, with a version of the SDK. */
async function bundle(script: string, module: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [script],
    alias: { '@google/genai': module },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
