import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the page. */
export interface SiteFile {
  readonly type: string
  readonly body: Uint8Array
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
  '.woff2': 'font/woff2',
}

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Reads all files of the page by their paths: the build's, the recordings, and the worklet of @livegate/browser. */
export function readSite(): ReadonlyMap<string, SiteFile> {
  const files = new Map<string, SiteFile>()
  const add = (path: string, file: string): void => {
    const type = types[extname(path)]
    if (type !== undefined) files.set(path, { type, body: readFileSync(file) })
  }
  const addAll = (prefix: string, from: string): void => {
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      add(`${prefix}${file.slice(from.length).replaceAll('\\', '/')}`, file)
    }
  }
  addAll('/', folder('../../dist/site/'))
  addAll('/speech/', folder('../../speech/'))
  add('/worklet.js', fileURLToPath(import.meta.resolve('@livegate/browser/worklet.js')))
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}
