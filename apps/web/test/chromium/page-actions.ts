import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Runs take their real time, on machines that may have other work. */
export const limitMs = 240_000

/** Chooses in the form; radio buttons lie below their labels. */
export async function choose(page: Page, way: string): Promise<void> {
  await page.locator(`#way-${way}`).check({ force: true })
}

/** Until nothing goes on any more. */
export const idle = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => document.querySelector('#talk-state')?.textContent === 'not connected',
    undefined,
    { timeout: 60_000 },
  )

export const cardOf = (page: Page, title: string) => page.getByRole('article', { name: title, exact: false })

/** What is at hand for screen readers, at a moment. */
export async function violations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** A file that the page saves. */
export async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}
