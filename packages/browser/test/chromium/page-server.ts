import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The strictest policy: only scripts that are files of the site, nothing from `blob:` or `data:`, nothing inline. */
const policy = "default-src 'none'; script-src 'self'; connect-src 'self' ws://127.0.0.1:*"

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A server for one page, with the bundled package, and worklet.js beside it. */
export interface PageServer {
  readonly url: string
  close(): Promise<void>
}

export async function startPageServer(page = '../pages/page.ts'): Promise<PageServer> {
  const { outputFiles } = await build({
    entryPoints: [local(page)],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'warning',
  })
  const files: Readonly<Record<string, readonly [string, string | Uint8Array]>> = {
    '/': ['text/html', '<!doctype html><title>Test</title><script type="module" src="/page.js"></script>'],
    '/blank': ['text/html', '<!doctype html>'],
    '/page.js': ['text/javascript', outputFiles[0]?.contents ?? ''],
    '/crashing.js': ['text/javascript', readFileSync(local('../pages/crashing.js'))],
    '/obeyed.js': ['text/javascript', readFileSync(local('../pages/obeyed.js'))],
    '/recorder.js': ['text/javascript', readFileSync(local('../pages/recorder.js'))],
    '/worklet.js': ['text/javascript', readFileSync(local('../../dist/worklet.js'))],
  }
  const server = createServer(({ url = '' }, response) => {
    const [type, body] = files[url] ?? ['text/plain', '']
    response
      .writeHead(files[url] ? 200 : 404, { 'content-type': type, 'content-security-policy': policy })
      .end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
