import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import type { Fact } from '../../src/trace/fact.ts'
import { writeTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { idle, limitMs } from './page-actions.ts'

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

it('new lines come into view, but do not move a reader who has scrolled up, and are there once', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage({ path: '/?speech=weather', width: 390 })
  await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
  await page.getByRole('button', { name: 'Let the recording talk' }).click()
  await page.locator('#words:enabled').waitFor()
  const transcript = page.locator('#transcript')
  const write = async (text: string): Promise<void> => {
    await page.getByLabel('Write to the model').fill(text)
    await page.keyboard.press('Enter')
    await transcript.getByText(text).waitFor()
  }
  const below = (): Promise<number> =>
    transcript.evaluate((list) => list.scrollHeight - list.clientHeight - list.scrollTop)
  const first = 'A long message, with words for several lines. '.repeat(20)
  await write(`${first}One.`)
  await expect.poll(below).toBeLessThan(4)
  await transcript.evaluate((list) => {
    list.scrollTop = 0
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
  await write('Two.')
  expect(await transcript.evaluate((list) => list.scrollTop)).toBe(0)
  await transcript.evaluate((list) => {
    list.scrollTop = list.scrollHeight
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
  await write('Three.')
  await expect.poll(below).toBeLessThan(4)
  // A line that was put there again when the run ended would be read out again.
  await transcript
    .locator('.said')
    .first()
    .evaluate((line) => line.setAttribute('data-first', ''))
  await page.locator('#talk').click()
  await idle(page)
  expect(await transcript.locator('[data-first]').count()).toBe(1)
})

it('a call that the session took with it is lost, whatever a file says later', async () => {
  const { page } = await openPage()
  await openTrace(page, [
    { atMs: 0, type: 'called', id: 1, name: 'get_weather', args: {} },
    { atMs: 9, type: 'closed', epoch: 1, reason: '' },
    { atMs: 10, type: 'settled', id: 1, as: 'lost' },
  ])
  expect(await page.locator('#transcript .aside').allTextContents()).toEqual(['get_weather lost'])
})

it('speech that is dropped is told once for a stretch; quiet, and what nobody expects to be heard, is not', async () => {
  const { page } = await openPage()
  const frames = (
    count: number,
    level: number,
    change: { fate: 'sent' | 'held' | 'dropped'; reason?: string },
  ) =>
    Array.from({ length: count }, (): Fact => {
      return { atMs: 0, type: 'offered', kind: 'audio', durationMs: 20, level, ...change }
    })
  const dropped = { fate: 'dropped', reason: 'policy' } as const
  await openTrace(page, [
    ...frames(9, 0.1, { fate: 'sent' }),
    ...frames(9, 0.1, { fate: 'held', reason: 'tool-call' }),
    ...frames(9, 0.1, { fate: 'dropped', reason: 'outside-bracket' }),
    ...frames(9, 0.001, dropped),
    ...frames(2, 0.1, dropped),
    ...frames(9, 0.001, dropped),
    { atMs: 0, type: 'transcript', who: 'user', text: 'Hello?' },
    ...frames(9, 0.1, dropped),
    ...frames(9, 0.001, dropped),
    ...frames(9, 0.1, dropped),
    { atMs: 0, type: 'transcript', who: 'model', text: 'Hello.' },
    ...frames(1, 0.1, { fate: 'sent' }),
    ...frames(9, 0.1, dropped),
    ...frames(9, 0.1, { fate: 'dropped', reason: 'closed' }),
  ])
  const told = 'Your words were not sent: they were dropped (policy).'
  const lines = await page.locator('#transcript p').allTextContents()
  expect(lines).toEqual(['YouHello?', told, 'ModelHello.', told])
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
  const calls = Array.from({ length: 1000 }, (_, id): Fact => {
    return { atMs: id, type: 'called', id, name: 'get_weather', args: {} }
  })
  await openTrace(page, [{ atMs: 0, type: 'transcript', who: 'user', text: 'Hello.' }, ...calls])
  const transcript = page.locator('#transcript')
  expect(await transcript.locator('.aside').count()).toBe(1000)
  expect(await transcript.getAttribute('data-layouts')).toBe('1')
  const seen = await transcript.evaluate(async (list) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const [first, last] = [list.querySelector('.said span'), list.lastElementChild] as [Element, Element]
    const isAtEnd = last.getBoundingClientRect().bottom <= list.getBoundingClientRect().bottom
    return { isFirstLaidOut: first.checkVisibility({ contentVisibilityAuto: true }), isAtEnd }
  })
  expect(seen).toEqual({ isFirstLaidOut: false, isAtEnd: true })
})
