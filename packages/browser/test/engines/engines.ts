import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'
import type { Engine } from './engine.ts'
import { chromium, firefox } from './puppeteer-engines.ts'
import { webkit } from './webkit-engine.ts'

/** The three engines of today's browsers. */
export const engines: readonly Engine[] = [chromium, firefox, webkit]

const soundCard = {
  programs: ['pulseaudio', 'paplay', 'pactl'],
  packages: ['pulseaudio', 'pulseaudio-utils'],
}

/** The packages that are missing for an engine and its sound card. */
export function missingPackages(engine: Engine): readonly string[] {
  return [engine, soundCard].flatMap(({ programs, packages }) => (programs.every(isThere) ? [] : packages))
}

/** Skips a test if the engine or the sound card is missing; in CI the test fails. */
export function needEngine(engine: Engine, context: TestContext): void {
  const missing = missingPackages(engine)
  if (missing.length === 0) return
  const advice = `tried in ${engine.name}: install it, as with apt-get install ${missing.join(' ')}`
  if (process.env.CI) throw new Error(advice)
  context.skip(advice)
}

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program))) ||
  existsSync(program)
