import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { closeBrowsers, openPage } from './chromium.ts'
import { violations } from './page-actions.ts'

beforeEach(needChromium)
closeBrowsers()

/** Makes the browser's font size twice as large. */
async function enlargeFont(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } })
  await page.reload()
  await page.waitForSelector('body:not([data-loading])')
}

/** Makes all text of the page twice as large, as browsers do that enlarge only text. */
async function enlargeText(page: Page): Promise<void> {
  await page.route('**/page.css', async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replaceAll(
      /(?<=[{;]font(?:-size)?:[^;}]*?)(\d*\.?\d+)rem/g,
      (_, size) => `${2 * Number(size)}rem`,
    )
    await route.fulfill({ response, body })
  })
  await page.reload()
  await page.waitForSelector('body:not([data-loading])')
}

/** Returns the words of controls that are larger than the control, and of text whose lines cover one another. */
const cramped = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    /** Pixels above and below the words together. */
    const leastSpace = 4
    const controls = [...document.querySelectorAll<HTMLElement>('main button:not(.item), .choice label')]
    const cut = controls.filter((control) => {
      const outer = control.getBoundingClientRect()
      const [text] = [control, ...control.children].flatMap((element) =>
        [...element.childNodes].filter(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
        ),
      )
      const words = document.createRange()
      if (text) words.selectNode(text)
      const inner = words.getBoundingClientRect()
      const isInside = inner.left >= outer.left && inner.right <= outer.right
      return control.checkVisibility() && !(isInside && inner.height + leastSpace <= outer.height)
    })
    const texts = [...document.querySelectorAll<HTMLElement>('main p, main dd, main label')]
    const covering = texts.filter((text) => {
      const { lineHeight, fontSize } = getComputedStyle(text)
      return Number.parseFloat(lineHeight) < Number.parseFloat(fontSize)
    })
    return [...cut, ...covering].map((element) => element.textContent?.trim() ?? '')
  })

describe('the page has room for its words', () => {
  it.each([
    ['on a narrow phone', 320, async () => {}],
    ['on a phone', 390, async () => {}],
    ['on a tablet', 768, async () => {}],
    ['on a laptop', 1440, async () => {}],
    ['on a tablet with text twice as large', 768, enlargeText],
    ['on a laptop with text twice as large', 1440, enlargeText],
    ['on a phone with a font twice as large', 390, enlargeFont],
    ['on a tablet with a font twice as large', 768, enlargeFont],
    ['on a laptop with a font twice as large', 1440, enlargeFont],
  ])('%s', async (name, width, enlarge) => {
    const { page } = await openPage({ width, path: '/?speech=weather' })
    const size = (): Promise<number> =>
      page.locator('#talk').evaluate((talk) => Number.parseFloat(getComputedStyle(talk).fontSize))
    const before = await size()
    await enlarge(page)
    expect((await size()) / before).toBe(name.includes('twice') ? 2 : 1)
    expect(await cramped(page)).toEqual([])
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })

  it.each([320, 390, 768, 1440])(
    'and for those of the empty timeline beside its lanes, at %i px',
    async (width) => {
      const { page } = await openPage({ width })
      const covered = await page.evaluate(() => {
        const words = document.createRange()
        words.selectNodeContents(document.querySelector('.empty') as Element)
        const { left, top, right, bottom } = words.getBoundingClientRect()
        return [...document.querySelectorAll('.lane-name')].flatMap((name) => {
          const box = name.getBoundingClientRect()
          const isBeside = box.right <= left || box.left >= right || box.bottom <= top || box.top >= bottom
          return isBeside ? [] : [name.textContent]
        })
      })
      expect(covered).toEqual([])
    },
  )

  it.each([320, 390, 1100])('and for the words of short lists, at %i px', async (width) => {
    const { page } = await openPage({ width })
    const cut = await page.locator('.field:not(.wide) select').evaluateAll((all) =>
      all.flatMap((select) => {
        const { offsetWidth, style, id } = select as HTMLElement
        style.width = 'max-content'
        return (select as HTMLElement).offsetWidth > offsetWidth ? [id] : []
      }),
    )
    expect(cut).toEqual([])
  })

  it('and the timeline on paper, with its colours and all of its width', async () => {
    const { page } = await openPage({ width: 1440 })
    const box = await page.locator('#timeline').boundingBox()
    await page.emulateMedia({ media: 'print' })
    const printed = await page.evaluate(() => {
      const { minWidth, printColorAdjust } = getComputedStyle(document.body)
      return { minWidth, printColorAdjust }
    })
    // Beside the timeline are the margins of the page and of the panel.
    expect(printed).toEqual({ minWidth: `${(box?.width ?? 0) + 82}px`, printColorAdjust: 'exact' })
  })

  it('and for fingers', async () => {
    const { page } = await openPage({ width: 320 })
    expect(await violations(page)).toEqual([])
  })
})
