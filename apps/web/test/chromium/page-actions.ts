import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import type { Fact } from '../../src/trace/fact.ts'

/** Runs take their real time, and more on a busy machine. */
export const limitMs = 240_000

/** Chooses a way in the form; radio buttons lie below their labels. */
export async function choose(page: Page, way: string): Promise<void> {
  await page.locator(`#way-${way}`).check({ force: true })
}

/** Waits until nothing is running any more. */
export const idle = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => document.querySelector('#talk-state')?.textContent === 'not connected',
    undefined,
    { timeout: 60_000 },
  )

const bytesPerMs = 32

/**
 * Puts 3.5 s between the two sentences of the recorded user, and lets the tool take as long as it can. So the second sentence still comes
 * during the call, but only after a grace of 3 s: that long the page may take to see the call.
 */
export async function talkSlowly(page: Page): Promise<void> {
  const wav = await readFile(new URL('../../speech/weather.wav', import.meta.url))
  // The quiet room in the middle of the pause.
  const [fromByte, toByte] = [44 + 1900 * bytesPerMs, 44 + 2400 * bytesPerMs]
  const quiet = wav.subarray(fromByte, toByte)
  const body = Buffer.concat([wav.subarray(0, toByte), ...Array(7).fill(quiet), wav.subarray(toByte)])
  body.writeUInt32LE(body.length - 8, 4)
  body.writeUInt32LE(body.length - 44, 40)
  await page.route('**/speech/weather.wav', (route) => route.fulfill({ body, contentType: 'audio/wav' }))
  // To fill it in would move the focus.
  await page.getByLabel('Tool takes').evaluate((range: HTMLInputElement) => {
    range.value = range.max
    range.dispatchEvent(new Event('input'))
  })
}

/** A grace that no page outlasts, however late it sees a call. The test then has to look at what the page sent: {@link sentDuringCalls}. */
export const endlessGraceMs = 3_600_000

/** Returns what the page sent from when it saw a call until it had answered it. */
export function sentDuringCalls(facts: readonly Fact[]): readonly Fact[] {
  const pending = new Set<number | string>()
  return facts.filter((fact) => {
    if (fact.type === 'called') pending.add(fact.id)
    else if (fact.type === 'settled') pending.delete(fact.id)
    return fact.type === 'offered' && fact.fate === 'sent' && pending.size > 0
  })
}

export const cardOf = (page: Page, title: string) => page.getByRole('article', { name: title, exact: false })

/** Axe leaves out the rule for the size of targets (WCAG 2.2, 2.5.8) unless asked. */
const options = { rules: { 'target-size': { enabled: true } } }

/** Returns the violations of accessibility rules at the moment. */
export async function violations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).options(options).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Saves a file by a button, and returns its text. */
export async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}
