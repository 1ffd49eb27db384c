import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import type { Fact } from '../../src/trace/fact.ts'
import { writeTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'

beforeEach(needChromium)
closeBrowsers()

async function openTrace(page: Page, facts: readonly Fact[]): Promise<void> {
  const trace = { way: 'hold', server: 'emulator', model: 'gemini-2.5', toolMs: 1000, facts } as const
  const buffer = Buffer.from(writeTrace({ ...trace, outcome: undefined }))
  await page.locator('#file').setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer })
  await page.locator('#run-name').getByText('gemini-2.5').waitFor()
}

it('words have the direction of their script', async () => {
  const { page } = await openPage()
  await openTrace(page, [
    { atMs: 0, type: 'transcript', who: 'user', text: 'ما هو الطقس في Dublin؟' },
    { atMs: 1, type: 'spoke', durationMs: 2000 },
    { atMs: 2, type: 'transcript', who: 'model', text: 'דבלין: 12 מעלות.' },
    { atMs: 3, type: 'turn-complete' },
    { atMs: 2100, type: 'transcript', who: 'user', text: 'Thanks.' },
  ])
  await page.locator('#timeline .track-model .item').focus()
  const directions = (selector: string): Promise<string[]> =>
    page.locator(selector).evaluateAll((all) => all.map((element) => getComputedStyle(element).direction))
  expect({
    said: await directions('.said span'),
    label: await directions('.track-model .label'),
    facts: await directions('.facts-card dd:first-of-type'),
  }).toEqual({ said: ['rtl', 'rtl', 'ltr'], label: ['rtl'], facts: ['rtl'] })
})

it('a long run is laid out once when it is shown, not for each of its lines', async () => {
  const { page } = await openPage()
  await page.locator('#transcript').evaluate((element) => {
    let layouts = 0
    Object.defineProperty(element, 'scrollHeight', {
      get: () => {
        layouts++
        element.dataset.layouts = String(layouts)
        return 100_000
      },
    })
  })
  await openTrace(
    page,
    Array.from({ length: 1000 }, (_, id) => ({
      atMs: id,
      type: 'called',
      id,
      name: 'get_weather',
      args: {},
    })),
  )
  const transcript = page.locator('#transcript')
  expect(await transcript.locator('.aside').count()).toBe(1000)
  expect(await transcript.getAttribute('data-layouts')).toBe('1')
})
