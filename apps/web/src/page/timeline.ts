import { leastItemWidth, placesDrawn } from '../trace/drawn-items.ts'
import { rowsOf } from '../trace/label-rows.ts'
import { type Item, type LaneId, type Lanes, laneIds, laneTitles } from '../trace/lane.ts'
import { follow, msAt, pan, showAll, ticks, type View, xOf, zoom } from '../trace/scale.ts'
import { describe } from './describe.ts'
import { make } from './dom.ts'
import { FactsCard } from './facts-card.ts'
import { Flow, Wave } from './wave.ts'

/** How many milliseconds of a live run are in view before the view moves along. */
const liveSpanMs = 12_000

/** The number of rows for the labels of moments that are close together; the style sheet has room for them. */
const labelRows: { readonly [lane in LaneId]?: number } = { microphone: 4, connection: 2 }

/** The least distance from one time on the axis to the next, and the room that one needs, as multiples of the user's font size. */
const tickPitch = 4.5
const tickRoom = 2.75

/** The share of the view by which a key moves it. */
const keyPan = 0.25

/** A lane and all its items, in order of time. */
interface Track {
  readonly track: HTMLElement
  items: readonly Item[]
  /** The buttons of the items that are drawn, by their places among the items. */
  readonly buttons: Map<number, HTMLButtonElement>
}

const nothing: Lanes = { items: [], frames: [], endMs: 0 }

/** Shows the lanes of a run. They can be panned and zoomed, and walked through item by item. */
export class Timeline {
  readonly #tracks: Map<LaneId, Track> = new Map()
  readonly #axis: HTMLElement = make('div', { class: 'axis', 'aria-hidden': 'true' })
  readonly #playhead: HTMLElement = make('div', { class: 'playhead', 'aria-hidden': 'true' })
  readonly #empty: HTMLElement = make(
    'p',
    { class: 'empty' },
    make('strong', {}, 'Every frame, every hold, every call.'),
    ' Play the three runs or start talking, and see them here as they happen.',
  )
  readonly #wave: Wave = new Wave()
  readonly #flow: Flow = new Flow()
  readonly #card: FactsCard
  readonly #root: HTMLElement
  readonly #calm: MediaQueryList = matchMedia('(prefers-reduced-motion: reduce)')
  #lanes: Lanes = nothing
  #items: Map<HTMLButtonElement, Item> = new Map()
  #view: View = { fromMs: 0, spanMs: liveSpanMs, width: 1 }
  readonly #widths: Map<string, number> = new Map()
  #current: { readonly lane: LaneId; readonly place: number } | undefined
  /** The present of a live run; undefined if none is going on. */
  #nowMs: number | undefined
  /** Whether the view follows the present. */
  isFollowing: boolean = false
  /** A note in the gate's lane. */
  gateNote: string = ''
  /** The user's font size, in pixels. */
  #em = 16

  constructor(root: HTMLElement) {
    this.#root = root
    root.setAttribute('role', 'group')
    root.setAttribute('aria-labelledby', 'timeline-title')
    root.setAttribute('aria-describedby', 'timeline-keys')
    this.#card = new FactsCard(root)
    for (const lane of laneIds) {
      const track = make('div', { class: `track track-${lane}` })
      const { title, hint } = laneTitles[lane]
      const name = make('div', { class: 'lane-name' }, make('strong', {}, title), make('span', {}, hint))
      root.append(
        make('div', { class: 'lane', role: 'group', 'aria-label': `${title}: ${hint}` }, name, track),
      )
      if (lane === 'microphone') {
        track.append(this.#wave.element)
        root.append(
          make('div', { class: 'lane flow-lane', 'aria-hidden': 'true' }, make('div'), this.#flow.element),
        )
      }
      this.#tracks.set(lane, { track, items: [], buttons: new Map() })
    }
    root.append(
      make('div', { class: 'lane axis-lane' }, make('div'), this.#axis),
      this.#playhead,
      this.#empty,
    )
    root.addEventListener('keydown', (event) => this.#onKey(event))
    // Escape also hides facts that the pointer brought up, wherever the focus is.
    addEventListener('keydown', ({ key }) => key === 'Escape' && this.#card.hide())
    root.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false })
    this.#dragToMove()
    new ResizeObserver(() => this.#measure()).observe(this.#axis)
  }

  /** Shows a run; `nowMs` is the present of a live one. */
  show(lanes: Lanes, nowMs?: number): void {
    this.#take(lanes)
    this.#nowMs = nowMs
    if (this.isFollowing && nowMs !== undefined) {
      this.#view = follow(this.#view, nowMs, liveSpanMs, this.#calm.matches)
    }
    this.#draw(nowMs ?? lanes.endMs, nowMs !== undefined)
  }

  /** Shows a run that is over from its beginning to its end. */
  showWhole(lanes: Lanes): void {
    this.#take(lanes)
    this.#nowMs = undefined
    this.showAll()
  }

  /** Shows the whole run from its beginning, and follows a live one. */
  showAll(): void {
    this.isFollowing = this.#nowMs !== undefined
    this.#change(showAll(this.#view, this.#nowMs ?? this.#lanes.endMs))
  }

  /** Clears the lanes for a live run. */
  restart(): void {
    this.isFollowing = true
    this.#current = undefined
    this.#view = { ...this.#view, fromMs: 0, spanMs: liveSpanMs }
    this.show(nothing)
  }

  zoom(factor: number, x?: number): void {
    this.isFollowing = false
    this.#change(zoom(this.#view, factor, x))
  }

  /** Follows the present after a move forward that reached it, but after no move back, however small. */
  #followAfter(before: View): void {
    const { fromMs, spanMs } = this.#view
    const nowMs = this.#nowMs ?? Number.POSITIVE_INFINITY
    this.isFollowing = fromMs >= before.fromMs && nowMs <= fromMs + spanMs
  }

  #take(lanes: Lanes): void {
    this.#lanes = lanes
    for (const [lane, track] of this.#tracks) {
      track.items = lanes.items.filter((item) => item.lane === lane).sort((a, b) => a.fromMs - b.fromMs)
    }
  }

  #change(view: View): void {
    this.#view = view
    this.#draw(this.#lanes.endMs, false)
  }

  #measure(): void {
    const width = this.#axis.clientWidth
    if (width === 0) return
    // Asking for it amid the drawing would compute all styles twice. The height of the axis follows it, so a change of it comes here.
    this.#em = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    document.body.style.setProperty('--drawn-width', `${this.#root.offsetWidth}px`)
    this.#change({ ...this.#view, width })
  }

  #draw(nowMs: number, isLive: boolean): void {
    const view = this.#view
    this.#items = new Map()
    this.#empty.hidden = this.#lanes.items.length > 0
    for (const [lane, track] of this.#tracks) {
      this.#drawItems(lane, track, nowMs)
      this.#spread(lane, track)
    }
    this.#tracks.get('gate')?.track.setAttribute('data-note', this.gateNote)
    this.#wave.draw(this.#lanes.frames, view)
    this.#flow.draw(this.#lanes, view)
    this.#playhead.hidden = !isLive
    this.#playhead.style.transform = `translateX(${Math.min(view.width, xOf(view, nowMs))}px)`
    const em = this.#em
    this.#axis.replaceChildren(
      ...ticks(view, tickPitch * em).map(({ atMs, label }) => {
        const x = xOf(view, atMs)
        // A time that the edge would cut off could be taken for another.
        const mark = make('span', {}, x + tickRoom * em > view.width ? '' : label)
        mark.style.transform = `translateX(${x}px)`
        return mark
      }),
    )
    this.#mark()
    this.#card.refresh((button) => this.#items.get(button))
  }

  #drawItems(lane: LaneId, { items, buttons }: Track, nowMs: number): void {
    const drawn = placesDrawn(items, this.#view, nowMs, labelRows[lane] ?? 1)
    for (const [place, button] of buttons) {
      if (drawn.has(place)) continue
      if (button === document.activeElement) {
        // Removing the focused item would take its focus away. The focus of one that is gone stays on the timeline.
        const item = items[place]
        if (item) {
          this.#place(lane, place, item, nowMs)
          continue
        }
        this.#root.focus({ preventScroll: true })
      }
      button.remove()
      buttons.delete(place)
    }
    for (const place of drawn) this.#place(lane, place, items[place] as Item, nowMs)
  }

  #newButton(lane: LaneId, place: number): HTMLButtonElement {
    const button = make(
      'button',
      { type: 'button', tabindex: -1 },
      make('span', { class: 'label', dir: 'auto' }),
    )
    button.addEventListener('focus', () => {
      this.#current = { lane, place }
      this.#mark()
      this.#reveal(this.#items.get(button))
      this.#card.show(button, this.#items.get(button))
    })
    button.addEventListener('blur', () => this.#card.hide())
    button.addEventListener('pointerenter', () => this.#card.show(button, this.#items.get(button)))
    button.addEventListener('pointerleave', () => this.#card.hide())
    const { track, buttons } = this.#tracks.get(lane) as Track
    // Screen readers read items in the order of the document.
    let before = place - 1
    while (before >= 0 && !buttons.has(before)) before--
    const last = buttons.get(before)
    if (last) last.after(button)
    else track.insertBefore(button, track.querySelector('button'))
    buttons.set(place, button)
    return button
  }

  /** Shows an item where it belongs. */
  #place(lane: LaneId, place: number, item: Item, nowMs: number): HTMLButtonElement {
    const button = this.#tracks.get(lane)?.buttons.get(place) ?? this.#newButton(lane, place)
    this.#items.set(button, item)
    const { fromMs, toMs = nowMs, state, label } = item
    const view = this.#view
    const from = xOf(view, fromMs)
    const to = xOf(view, toMs)
    // An item that begins before the view keeps its label in view.
    const left = Math.max(from, -2)
    const right = Math.min(to, view.width + 2)
    const isMoment = toMs === fromMs
    const width = isMoment ? 0 : Math.max(leastItemWidth, right - left)
    button.className = `item is-${state}${isMoment ? ' is-moment' : ''}${from < -2 ? ' is-cut' : ''}`
    button.style.transform = `translateX(${left}px)`
    button.style.width = isMoment ? '' : `${width}px`
    const text = button.firstElementChild
    const shown = width > 34 || isMoment ? label : ''
    if (text && text.textContent !== shown) text.textContent = shown
    button.setAttribute('aria-label', describe(item))
    return button
  }

  /** Puts the labels of moments into rows, so that none covers another. */
  #spread(lane: LaneId, { items, buttons }: Track): void {
    const most = labelRows[lane]
    if (most === undefined) return
    // Also those out of view: a label must not change its row when its neighbour leaves the view.
    const moments = [...items.entries()].flatMap(([place, item]) =>
      item.toMs === item.fromMs ? [{ button: buttons.get(place), item }] : [],
    )
    const labels = moments.map(({ button, item }) => {
      return { left: xOf(this.#view, item.fromMs), width: this.#widthOf(button, `${lane} ${item.label}`) }
    })
    for (const [place, row] of rowsOf(labels, most).entries()) {
      moments[place]?.button?.style.setProperty('--row', String(row))
    }
  }

  /** Returns the width of a label. It is the same everywhere, and measuring it for each frame would take long. */
  #widthOf(button: HTMLButtonElement | undefined, label: string): number {
    const width = this.#widths.get(label) ?? button?.offsetWidth ?? 0
    if (width > 0) this.#widths.set(label, width)
    return width
  }

  /** Makes one item in view the tab stop; arrow keys reach the others. */
  #mark(): void {
    const current = this.#current && this.#tracks.get(this.#current.lane)?.buttons.get(this.#current.place)
    const stop = current ?? this.#root.querySelector('.item')
    for (const { buttons } of this.#tracks.values()) {
      for (const button of buttons.values()) {
        const tabIndex = button === stop ? 0 : -1
        // Setting an attribute costs layout, even to the value that it has.
        if (button.tabIndex !== tabIndex) button.tabIndex = tabIndex
      }
    }
  }

  /** Brings a focused item into view. */
  #reveal(item: Item | undefined): void {
    if (!item) return
    const { fromMs } = item
    const { fromMs: start, spanMs } = this.#view
    if (fromMs >= start && fromMs <= start + spanMs) return
    this.isFollowing = false
    this.#change({ ...this.#view, fromMs: Math.max(0, fromMs - spanMs / 4) })
  }

  #onKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event
    if (ctrlKey || metaKey || altKey) return
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => this.#zoomAtFocus(1 / 1.5),
      '=': () => this.#zoomAtFocus(1 / 1.5),
      '-': () => this.#zoomAtFocus(1.5),
      '0': () => this.showAll(),
      ArrowRight: () => this.#walk(1, 0),
      ArrowLeft: () => this.#walk(-1, 0),
      ArrowDown: () => this.#walk(0, 1),
      ArrowUp: () => this.#walk(0, -1),
      Home: () => this.#walk(Number.NEGATIVE_INFINITY, 0),
      End: () => this.#walk(Number.POSITIVE_INFINITY, 0),
      'Shift+ArrowRight': () => this.#pan(keyPan),
      'Shift+ArrowLeft': () => this.#pan(-keyPan),
    }
    const action = actions[shiftKey && key.startsWith('Arrow') ? `Shift+${key}` : key]
    if (!action) return
    event.preventDefault()
    action()
  }

  /** Zooms around the focused item, which stays where it is. */
  #zoomAtFocus(factor: number): void {
    const item = this.#items.get(document.activeElement as HTMLButtonElement)
    const { width } = this.#view
    this.zoom(factor, item && Math.max(0, Math.min(width, xOf(this.#view, item.fromMs))))
  }

  #walk(along: number, across: number): void {
    const lane = this.#current?.lane ?? laneIds[0]
    const place = this.#current?.place ?? 0
    if (across === 0) {
      const last = (this.#tracks.get(lane)?.items.length ?? 0) - 1
      this.#focus(lane, Math.min(last, Math.max(0, place + along)))
      return
    }
    const fromMs = this.#tracks.get(lane)?.items[place]?.fromMs ?? 0
    for (let index = laneIds.indexOf(lane) + across; index >= 0 && index < laneIds.length; index += across) {
      const to = laneIds[index] as LaneId
      const { items = [] } = this.#tracks.get(to) ?? {}
      const distances = items.map((item) => Math.abs(item.fromMs - fromMs))
      const nearest = distances.indexOf(distances.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY))
      if (nearest >= 0) {
        this.#focus(to, nearest)
        return
      }
    }
  }

  /** Focuses an item; the view goes there first, because an item that is not drawn cannot have the focus. */
  #focus(lane: LaneId, place: number): void {
    const item = this.#tracks.get(lane)?.items[place]
    if (!item) return
    this.#reveal(item)
    this.#place(lane, place, item, this.#nowMs ?? this.#lanes.endMs).focus()
  }

  #onWheel(event: WheelEvent): void {
    const { left } = this.#axis.getBoundingClientRect()
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      this.zoom(1.0015 ** event.deltaY, event.clientX - left)
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault()
      this.#pan(event.deltaX / this.#view.width)
    }
  }

  #pan(share: number): void {
    const before = this.#view
    this.#change(pan(before, share))
    this.#followAfter(before)
  }

  #dragToMove(): void {
    let from: { readonly x: number; readonly view: View } | undefined
    let hasMoved = false
    this.#root.addEventListener('pointerdown', ({ clientX, button }) => {
      if (button === 0) from = { x: clientX, view: this.#view }
      hasMoved = false
    })
    addEventListener('pointermove', ({ clientX }) => {
      if (!from || Math.abs(clientX - from.x) < 4) return
      hasMoved = true
      this.isFollowing = false
      const fromMs = Math.max(0, msAt(from.view, from.x - clientX))
      this.#change({ ...from.view, fromMs })
    })
    const end = (): void => {
      if (from && hasMoved) this.#followAfter(from.view)
      from = undefined
    }
    addEventListener('pointerup', end)
    addEventListener('pointercancel', end)
  }
}
