import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../src/', import.meta.url))
const sources = globSync('**/*.ts', { cwd: folder }).map((path) => ({
  path,
  text: readFileSync(`${folder}${path}`, 'utf8'),
}))

it('imports the emulator, which needs Node, only if the caller brings no server', () => {
  const found = sources.flatMap(({ path, text }) =>
    [
      ...text.matchAll(/^.*\b(?:from|import\() ?'(?:@livegate\/emulator|\.{1,2}\/emulator-server\.ts)'.*$/gm),
    ].map(([line]) => `${path}: ${line.trim()}`),
  )
  expect(found.sort()).toEqual([
    "emulator-server.ts: import { type EmulatedSession, startEmulator } from '@livegate/emulator'",
    "index.ts: export type { EmulatorServer } from './emulator-server.ts'",
    "test-transport.ts: const { listenWithEmulator } = await import('./emulator-server.ts')",
    "test-transport.ts: import type { EmulatorServer } from './emulator-server.ts'",
  ])
})
