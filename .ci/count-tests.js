// Sums up the test results of all workspaces in one line, at the end of a long log.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const workspaces = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .concat(join(root, 'checks'), join(root, 'examples'))

let passed = 0
let failed = 0
let skipped = 0
for (const workspace of workspaces) {
  const file = join(workspace, 'test-results.json')
  if (!existsSync(file)) continue
  const results = JSON.parse(readFileSync(file, 'utf8'))
  passed += results.numPassedTests
  failed += results.numFailedTests
  skipped += results.numPendingTests
}
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
if (passed === 0) process.exitCode = 1
