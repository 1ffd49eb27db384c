import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from './files.ts'
import { type Outcome, run } from './run.ts'

/** The commands of the machine that the script needs. */
const real = ['bash', 'dirname', 'mkdir', 'mktemp', 'rm', 'sed', 'tail']

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Runs a copy of `.ci/run` as on a machine with only these commands. Each is a line of shell. */
function runOn(commands: Readonly<Record<string, string>>): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'livegate-ci-'))
  folders.push(folder)
  const bin = join(folder, 'bin')
  for (const each of ['.ci', 'bin']) mkdirSync(join(folder, each))
  copyFileSync(join(root, '.ci/run'), join(folder, '.ci/run'))
  const places = (process.env.PATH ?? '').split(delimiter)
  for (const command of real) {
    const place = places.find((each) => existsSync(join(each, command))) ?? ''
    symlinkSync(join(place, command), join(bin, command))
  }
  for (const [command, shell] of Object.entries(commands))
    writeFileSync(join(bin, command), `#!${join(bin, 'bash')}\n${shell}\n`, { mode: 0o755 })
  return run('env', [`PATH=${bin}`, 'bash', join(folder, '.ci/run')])
}

/** The commands of a machine on which nothing can be installed and every test passes. */
const cutOff = {
  id: 'echo 0',
  node: 'echo "9 passed, 0 failed, 3 skipped"',
  npx: ':',
  npm: 'echo "npm error: no network" >&2; exit 1',
  python3: 'echo "no module named venv" >&2; exit 1',
  'apt-get': '[ "$1" = update ] || { echo "unable to locate a package"; exit 100; }',
}

describe('.ci/run', () => {
  it('says what could not be installed and why, and goes on', async () => {
    const { code, stdout, stderr } = await runOn(cutOff)
    expect(stderr.trim().split('\n')).toEqual([
      'spin and gcc could not be installed: tests that need them are skipped; under CI they fail.',
      '  unable to locate a package',
      'Chromium could not be installed: tests that need it are skipped; under CI they fail.',
      '  unable to locate a package',
      'Firefox could not be installed: tests that need it are skipped; under CI they fail.',
      '  unable to locate a package',
      'WebKit and a sound card for it could not be installed: tests that need them are skipped; under CI they fail.',
      '  unable to locate a package',
      'the SDK for Python could not be installed: tests that need it are skipped; under CI they fail.',
      '  no module named venv',
      '  unable to locate a package',
      'Bun, Deno, workerd and Node 22 could not be installed: tests that need them are skipped; under CI they fail.',
      '  npm error: no network',
    ])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '9 passed, 0 failed, 3 skipped\n' })
  })

  it('says so where there is no apt-get', async () => {
    const { 'apt-get': _, ...commands } = cutOff
    const { stderr } = await runOn(commands)
    expect(stderr.match(/^ {2}there is no apt-get$/gm)?.length).toBe(5)
  })

  it('says nothing of what is installed already or now', async () => {
    const installed = { npm: 'mkdir -p node_modules/node', 'apt-get': ':', node: cutOff.node }
    const python = 'mkdir -p .python/bin; echo "#!$BASH" >.python/bin/pip; chmod +x .python/bin/pip'
    const chmod = { chmod: '/bin/chmod "$@"' }
    const outcome = await runOn({ ...cutOff, ...installed, ...chmod, python3: python })
    expect(outcome).toEqual({ code: 0, stdout: '9 passed, 0 failed, 3 skipped\n', stderr: '' })
  })

  it.each([
    ['the tests', { npx: 'exit 3' }, 3],
    ['the count of them', { node: 'exit 1' }, 1],
  ])('fails as %s fail', async (_, broken, code) => {
    expect(await runOn({ ...cutOff, ...broken })).toMatchObject({ code })
  })
})
