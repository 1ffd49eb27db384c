import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Runs a file with Node's own test runner, on the built package, as a user would. */
function runByNode(file: string): Promise<{ readonly code: number | null; readonly report: string }> {
  const path = fileURLToPath(new URL(`node-test/${file}`, import.meta.url))
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--test', '--test-reporter=tap', path], (_, stdout) =>
      resolve({ code: child.exitCode, report: stdout }),
    )
  })
}

const counts = (report: string): (string | undefined)[] =>
  ['tests', 'pass', 'fail', 'skipped'].map((name) => new RegExp(`^# ${name} (\\d+)$`, 'm').exec(report)?.[1])

it("runs under Node's own test runner, whose report shows what was skipped, and why", async () => {
  const { code, report } = await runByNode('linked.node-test.ts')
  expect([code, counts(report)]).toEqual([0, ['20', '19', '0', '1']])
  expect(report).toContain('# SKIP nobody aborts in memory')
})

it("fails under Node's own test runner with what was expected, what came, and what to do", async () => {
  const { code, report } = await runByNode('faulty.node-test.ts')
  expect([code, counts(report)]).toEqual([1, ['20', '19', '1', '0']])
  expect(report).toContain('abort-while-opening: expected `closed()` to be called')
})
