import { inWords } from '../trace/time.ts'
import type { Trace } from '../trace/trace.ts'
import { type Outcome, verdictOf } from '../trace/verdict.ts'
import { type Way, wayWords } from '../trace/way.ts'
import { make, setDisabled, unbroken } from './dom.ts'

/** The three runs of the story. */
export const storyWays = ['no-gate', 'flag', 'hold'] as const

export type StoryWay = (typeof storyWays)[number]

export interface CardEvents {
  readonly onPlay: (way: StoryWay) => void
  readonly onShow: (way: StoryWay) => void
}

interface Card {
  readonly element: HTMLElement
  readonly badge: HTMLElement
  readonly sentence: HTMLElement
  readonly figures: HTMLElement
  readonly bar: HTMLElement
  readonly play: HTMLButtonElement
  readonly show: HTMLButtonElement
}

/** The results of the three runs, side by side. */
export class Cards {
  readonly #cards: ReadonlyMap<StoryWay, Card>
  readonly #played: Set<StoryWay> = new Set()

  constructor(root: HTMLElement, { onPlay, onShow }: CardEvents) {
    this.#cards = new Map(storyWays.map((way, index) => [way, newCard(way, index + 1)]))
    for (const [way, { element, play, show }] of this.#cards) {
      play.addEventListener('click', () => onPlay(way))
      show.addEventListener('click', () => onShow(way))
      root.append(element)
    }
  }

  /** Shows that a run has begun. */
  begin(way: StoryWay): void {
    const card = this.#cards.get(way)
    if (!card) return
    card.element.dataset.tone = 'running'
    card.badge.textContent = 'playing …'
    card.sentence.textContent = wayWords[way].text
    card.bar.style.transform = 'scaleX(0)'
    card.figures.replaceChildren(...figuresOf(undefined))
    this.#played.delete(way)
  }

  /** Shows the result of a run. */
  end(way: StoryWay, { outcome }: Trace): void {
    const card = this.#cards.get(way)
    if (!card || !outcome) return
    const { tone, headline, sentence } = verdictOf(outcome)
    card.element.dataset.tone = tone
    card.badge.textContent = headline
    card.sentence.textContent = unbroken(sentence)
    const share = outcome.spokenMs === 0 ? 0 : (outcome.heardMs ?? 0) / outcome.spokenMs
    card.bar.style.transform = `scaleX(${share})`
    card.figures.replaceChildren(...figuresOf(outcome))
    this.#played.add(way)
  }

  /** Forgets a run that was broken off, and shows the one before it. */
  reset(way: StoryWay, before: Trace | undefined): void {
    if (before) {
      this.end(way, before)
      return
    }
    const card = this.#cards.get(way)
    if (!card) return
    card.element.dataset.tone = 'none'
    card.badge.textContent = 'not played yet'
  }

  /** While something runs, disables all buttons but the one that stops the run of its card. */
  tell(running: StoryWay | 'other' | undefined): void {
    for (const [way, { play, show }] of this.#cards) {
      const word = running === way ? 'Stop' : this.#played.has(way) ? 'Play again' : 'Play'
      play.firstChild?.replaceWith(word)
      setDisabled(play, running !== undefined && running !== way)
      setDisabled(show, running !== undefined || !this.#played.has(way))
    }
  }

  /** Marks the run that the timeline shows. */
  select(way: Way | undefined): void {
    for (const [each, { element, show }] of this.#cards) {
      element.toggleAttribute('data-selected', each === way)
      show.setAttribute('aria-pressed', String(each === way))
    }
  }
}

/** Words for screen readers only. */
const hidden = (text: string): HTMLElement => make('span', { class: 'visually-hidden' }, text)

function newCard(way: StoryWay, number: number): Card {
  const { title, text } = wayWords[way]
  const badge = make('p', { class: 'card-badge' }, 'not played yet')
  const sentence = make('p', { class: 'card-sentence' }, text)
  const bar = make('span', { class: 'heard-bar' })
  const figures = make('dl', { class: 'figures' }, ...figuresOf(undefined))
  const play = make('button', { type: 'button' }, 'Play', hidden(title))
  const show = make(
    'button',
    { type: 'button', class: 'quiet', disabled: true, 'aria-pressed': 'false' },
    'Show',
    hidden(`${title} on the timeline`),
  )
  const id = `card-${way}`
  const element = make(
    'article',
    { class: 'card', 'data-tone': 'none', 'aria-labelledby': id },
    make(
      'div',
      { class: 'card-head' },
      make(
        'h2',
        { id },
        make('span', { class: 'card-number', 'aria-hidden': 'true' }, String(number)),
        title,
      ),
      badge,
    ),
    sentence,
    make('div', { class: 'heard-track', 'aria-hidden': 'true' }, bar),
    figures,
    make('div', { class: 'card-actions' }, play, show),
  )
  return { element, badge, sentence, figures, bar, play, show }
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2)

function figuresOf(outcome: Outcome | undefined): HTMLElement[] {
  const figure = (name: string, value: string): HTMLElement =>
    make('div', {}, make('dt', {}, name), make('dd', {}, value))
  if (!outcome) return [figure('speech heard', '–'), figure('calls answered', '–'), figure('session', '–')]
  const { spokenMs, heardMs, calls, answered, end } = outcome
  return [
    figure('speech heard', heardMs === null ? 'unknown' : `${seconds(heardMs)} of ${seconds(spokenMs)} s`),
    figure('calls answered', `${answered} of ${calls}`),
    figure('session', end.kind === 'closed' ? `closed, ${end.code}` : end.kind),
  ]
}

/** The result of a run in one line, for below the timeline. */
export function lineOf({ outcome }: Trace): string {
  if (!outcome) return ''
  const { headline, sentence } = verdictOf(outcome)
  const { spokenMs, heardMs, calls, answered } = outcome
  const heard =
    heardMs === null || spokenMs === 0 ? '' : ` Heard: ${inWords(heardMs)} of ${inWords(spokenMs)} of speech.`
  const replies = calls === 0 ? '' : ` Calls answered: ${answered} of ${calls}.`
  return unbroken(`${headline}. ${sentence}${heard}${replies}`)
}
