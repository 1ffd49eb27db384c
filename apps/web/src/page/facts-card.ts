import type { Item } from '../trace/lane.ts'
import { laneTitles } from '../trace/lane.ts'
import { inWords } from '../trace/time.ts'
import { make } from './dom.ts'

/** Shows the facts of the item under the pointer or with the focus. Screen readers find them in the item's name. */
export class FactsCard {
  readonly #root: HTMLElement
  readonly #element: HTMLElement = make('div', { class: 'facts-card', 'aria-hidden': 'true', hidden: true })
  #button: HTMLButtonElement | undefined
  #shown: Item | undefined

  constructor(root: HTMLElement) {
    this.#root = root
    root.append(this.#element)
  }

  show(button: HTMLButtonElement, item: Item | undefined): void {
    this.#button = button
    this.#shown = item
    if (!item) {
      this.hide()
      return
    }
    const { lane, label, state, fromMs, toMs, facts } = item
    const length = toMs === undefined ? 'goes on' : inWords(toMs - fromMs)
    const when = toMs === fromMs ? `at ${inWords(fromMs)}` : `at ${inWords(fromMs)}, for ${length}`
    this.#element.replaceChildren(
      make(
        'p',
        { class: `card-title is-${state}` },
        make('span', {}, laneTitles[lane].title),
        make('strong', {}, label),
      ),
      make('p', { class: 'card-when' }, when),
      make(
        'dl',
        {},
        ...facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', { dir: 'auto' }, value)]),
      ),
    )
    this.#element.hidden = false
    const area = this.#root.getBoundingClientRect()
    const target = button.getBoundingClientRect()
    const { offsetWidth, offsetHeight } = this.#element
    const middle = target.left + Math.min(target.width, area.right - target.left) / 2 - area.left
    const x = Math.max(4, Math.min(area.width - offsetWidth - 4, middle - offsetWidth / 2))
    const below = target.bottom - area.top + 8
    const above = target.top - area.top - offsetHeight - 8
    // Above if it would be cut off below, by the timeline or by the window, and there is room.
    const isCut = below + offsetHeight > Math.min(area.height, innerHeight - area.top)
    const y = isCut && (above >= Math.max(0, -area.top) || below + offsetHeight > area.height) ? above : below
    this.#element.style.transform = `translate(${x}px, ${y}px)`
  }

  /** Shows the item anew after the lanes were redrawn. */
  refresh(itemOf: (button: HTMLButtonElement) => Item | undefined): void {
    const button = this.#button
    if (!button) return
    const item = itemOf(button)
    if (!item) this.hide()
    else if (item !== this.#shown) this.show(button, item)
  }

  hide(): void {
    this.#button = undefined
    this.#element.hidden = true
  }
}
