import { copyFile } from 'node:fs/promises'
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
for (const file of ['index.html', 'mark.svg']) await copyFile(`src/page/${file}`, `dist/site/${file}`)
