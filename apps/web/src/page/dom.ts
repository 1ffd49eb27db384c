/** Returns the page's element with an id. */
export function byId<Element extends HTMLElement = HTMLElement>(id: string): Element {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element as Element
}

/** What a button shows may be far below it. Then the page scrolls there: to the beginning of what is large, or to all of what is small. */
export function bringIntoView(element: HTMLElement, block: 'start' | 'nearest'): void {
  if (element.getBoundingClientRect().top < innerHeight * 0.7) return
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  element.scrollIntoView({ behavior: isCalm ? 'instant' : 'smooth', block })
}

/** Keeps numbers on the same line as their units. */
export const unbroken = (text: string): string =>
  text.replace(/(?<=\d) (?=m?s\b)/g, '\u{a0}').replace(/(?<=\d) of (?=\d)/g, '\u{a0}of\u{a0}')

type Control = HTMLButtonElement | HTMLInputElement

/**
 * Disables or enables a control. One that has the focus does nothing from now on, but keeps the focus until the user moves it: otherwise
 * the keyboard would be nowhere (WCAG 2.4.3).
 */
export function setDisabled(control: Control, isDisabled: boolean): void {
  const keepsFocus = isDisabled && control === document.activeElement
  control.disabled = isDisabled && !keepsFocus
  control.ariaDisabled = keepsFocus ? 'true' : null
}

const isInert = (target: EventTarget | null): target is Control =>
  target instanceof HTMLElement && target.ariaDisabled === 'true'

addEventListener(
  'click',
  (event) => {
    if (!isInert(event.target)) return
    event.preventDefault()
    event.stopPropagation()
  },
  true,
)
addEventListener('focusout', ({ target }) => {
  // When the window loses the focus, the element keeps it for later.
  if (isInert(target) && target !== document.activeElement) setDisabled(target, true)
})

type Attributes = Readonly<Record<string, string | boolean | number | undefined>>

/** Makes an element. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  setAll(element, attributes)
  element.append(...children)
  return element
}

/** Makes an SVG element. */
export function draw<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Node[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  setAll(element, attributes)
  element.append(...children)
  return element
}

function setAll(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
}
