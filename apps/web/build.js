import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

/** Builds the page's code, style and font for the server to serve. */
await build({
  entryPoints: ['src/page/page.ts', 'src/page/page.css'],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.woff2': 'file' },
  assetNames: 'assets/[name]',
  minify: true,
  sourcemap: true,
  outdir: 'dist/site',
  logLevel: 'warning',
})
await copyFile('src/page/mark.svg', 'dist/site/mark.svg')

// The page shows the first example of the package that it uses: as the package has it, and as its tests check it.
const readme = await readFile('../../packages/browser/README.md', 'utf8')
const [, code] = readme.match(/^```ts.*\n([\s\S]*?)^```$/m) ?? []
if (code === undefined) throw new Error('packages/browser/README.md has no example')
const escaped = code.trim().replace(/[&<]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const page = await readFile('src/page/index.html', 'utf8')
await writeFile(
  'dist/site/index.html',
  page.replace('<!-- code -->', () => escaped),
)
