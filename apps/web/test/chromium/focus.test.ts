import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { closeBrowsers, openPage } from './chromium.ts'
import { idle, limitMs } from './page-actions.ts'

beforeEach(needChromium)
closeBrowsers()

const focused = (page: Page): Promise<string | undefined> => page.evaluate(() => document.activeElement?.id)

const live = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')

const closed = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'closed')

it.each([1280, 1024, 390])(
  'the tab key goes through the panels in the order on the screen, at %i px',
  async (width) => {
    const { page } = await openPage({ width })
    const panels: { readonly name: string; readonly left: number; readonly top: number }[] = []
    for (let isEnd = false; !isEnd; ) {
      await page.keyboard.press('Tab')
      const panel = await page.evaluate(() => {
        const element = document.activeElement?.closest('.panel')
        const { left, top } = element?.getBoundingClientRect() ?? { left: 0, top: 0 }
        const name = element?.querySelector('h2')?.textContent ?? ''
        return { name, left, top: top + scrollY, isEnd: document.activeElement === document.body }
      })
      isEnd = panel.isEnd
      if (panel.name && panel.name !== panels.at(-1)?.name) panels.push(panel)
    }
    const onScreen = panels.toSorted((a, b) => a.top - b.top || a.left - b.left)
    expect(panels.map(({ name }) => name)).toEqual(onScreen.map(({ name }) => name))
    expect(panels.length).toBe(4)
  },
)

describe('a control that has the focus when nothing is left for it to do', () => {
  it('keeps the focus and does nothing, until the focus moves on', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.getByRole('button', { name: 'Play No gate' }).click()
    await live(page)
    await page.locator('#pause').focus()
    await idle(page)
    expect(await focused(page)).toBe('pause')
    await page.keyboard.press('Enter')
    const pause = page.locator('#pause')
    expect(await pause.textContent()).toBe('Pause')
    expect(await pause.isDisabled()).toBe(true)
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).not.toBe('pause')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('zoom-out')
  })

  it('keeps what is being written, also when it cannot be sent any more', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.getByRole('button', { name: 'Play No gate' }).click()
    await live(page)
    const words = page.locator('#words')
    await words.pressSequentially('half a ')
    await closed(page)
    await page.keyboard.type('sentence')
    await page.keyboard.press('Enter')
    await idle(page)
    expect(await focused(page)).toBe('words')
    expect(await words.inputValue()).toBe('half a sentence')
    expect(await page.locator('#transcript').textContent()).not.toContain('half')
  })

  it('is the button of a turn that is held down while the session ends', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    await page.getByLabel('Fault', { exact: true }).selectOption('drop')
    await page.locator('#talk').click()
    await live(page)
    await page.locator('#press').focus()
    await page.keyboard.down(' ')
    await page.locator('#press[data-pressed]').waitFor()
    await page.locator('#press:not([data-pressed])').waitFor()
    await page.keyboard.up(' ')
    await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    expect(await focused(page)).toBe('press')
    expect(await page.locator('#press').getAttribute('data-pressed')).toBe(null)
  })
})

it('an item of the timeline leaves its focus to the timeline when the next run begins', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  await page.getByRole('button', { name: 'Play all three' }).click()
  await live(page)
  await page.locator('#timeline .item:visible').first().focus()
  await page.locator('#story-status').getByText('2 of 3').waitFor({ timeout: 60_000 })
  await live(page)
  const isOnTimeline = () => page.evaluate(() => document.activeElement?.closest('#timeline') !== null)
  expect(await isOnTimeline()).toBe(true)
  await page.locator('#play-all').click()
  await idle(page)
})
