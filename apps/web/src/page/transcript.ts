import { closeLines } from '../trace/close-lines.ts'
import type { Fact, FactOf } from '../trace/fact.ts'
import { shortestMs, startLevel } from '../trace/speech.ts'
import { make } from './dom.ts'

/** Pixels; browsers may round where the end is. */
const leastScroll = 4

/** How many lines of a run that is over are laid out at once: more than are in view. */
const endLines = 100

/** Shows what was said by whom, and what happened in between. */
export class Transcript {
  readonly #list: HTMLElement
  #last: { readonly who: 'user' | 'model'; readonly text: HTMLElement } | undefined
  readonly #calls: Map<number | string, HTMLElement> = new Map()
  #hadSession = false
  /** How long what is being dropped has been loud, in milliseconds. */
  #droppedMs = 0
  #hasGrown = false
  /** Where the end was when it was last scrolled to; a reader who has moved up from there is left where they are. */
  #endTop = 0
  #isAtEnd = true

  constructor(list: HTMLElement) {
    this.#list = list
    // Let the keyboard scroll it.
    list.tabIndex = 0
    list.addEventListener('scroll', () => {
      this.#isAtEnd = list.scrollTop >= this.#endTop - leastScroll
    })
    this.clear()
  }

  clear(): void {
    this.#last = undefined
    this.#hadSession = false
    this.#droppedMs = 0
    this.#isAtEnd = true
    this.#calls.clear()
    this.#list.ariaLive = null
    this.#list.replaceChildren()
  }

  /** Shows a run that is over. Screen readers would read out all of it, as if it were said now. */
  show(facts: readonly Fact[]): void {
    this.clear()
    this.#list.ariaLive = 'off'
    for (const fact of facts) this.#take(fact)
    // The others are laid out when they come near the view: for all of a day, that takes seconds.
    for (const line of [...this.#list.children].slice(0, -endLines)) line.classList.add('past')
    this.#scroll()
  }

  add(fact: Fact): void {
    this.#take(fact)
    this.#scroll()
  }

  #take(fact: Fact): void {
    switch (fact.type) {
      case 'transcript':
        this.#say(fact.who, fact.text)
        return
      case 'turn-complete':
        this.#last = undefined
        return
      case 'interrupted':
        if (this.#last?.who === 'model') this.#last.text.append(' …')
        this.#last = undefined
        return
      case 'called':
        this.#last = undefined
        this.#calls.set(fact.id, this.#aside('tool', `${fact.name} runs …`))
        return
      case 'settled': {
        const line = this.#calls.get(fact.id)
        if (line) line.textContent = `${line.textContent?.replace(' runs …', '') ?? ''} ${fact.as}`
        this.#calls.delete(fact.id)
        return
      }
      case 'closed':
        for (const line of this.#calls.values()) {
          line.textContent = line.textContent?.replace(' runs …', ' lost') ?? ''
        }
        this.#calls.clear()
        for (const text of closeLines(fact, this.#hadSession)) this.#aside('bad', text)
        return
      case 'set-up':
        this.#hadSession = true
        return
      case 'offered':
      case 'given-up': {
        if (fact.type === 'offered' && fact.kind === 'audio') this.#hear(fact)
        const isDropped = fact.type === 'given-up' || fact.fate === 'dropped'
        if (!isDropped || fact.kind !== 'text') return
        this.#aside('bad', `Your message was not sent: it was dropped (${fact.reason}).`)
        return
      }
      case 'fault':
        this.#aside('fault', `Injected: ${fact.name}`)
    }
  }

  /** Says that speech is dropped, once for a stretch. That a session is closed has been said. */
  #hear({ fate, reason, level, durationMs }: FactOf<'offered'>): void {
    if (fate !== 'dropped' || reason === 'closed' || reason === 'outside-bracket') this.#droppedMs = 0
    else if (this.#droppedMs < shortestMs) {
      this.#droppedMs = level >= startLevel ? this.#droppedMs + durationMs : 0
      if (this.#droppedMs < shortestMs) return
      this.#aside('bad', `Your words were not sent: they were dropped (${reason}).`)
    }
  }

  #say(who: 'user' | 'model', text: string): void {
    if (this.#last?.who === who) {
      this.#last.text.append(text)
    } else {
      const words = make('span', { dir: 'auto' }, text)
      const name = make('strong', {}, who === 'user' ? 'You' : 'Model')
      this.#put(make('p', { class: `said by-${who}` }, name, words))
      this.#last = { who, text: words }
    }
    this.#hasGrown = true
  }

  #aside(kind: string, text: string): HTMLElement {
    const line = make('p', { class: `aside ${kind}` }, text)
    this.#put(line)
    return line
  }

  #put(line: HTMLElement): void {
    this.#list.append(line)
    this.#hasGrown = true
  }

  /** Scrolls to the end. That lays the list out, which for each line of a long run would take minutes. */
  #scroll(): void {
    if (this.#hasGrown && this.#isAtEnd) {
      this.#list.scrollTop = this.#list.scrollHeight
      this.#endTop = this.#list.scrollTop
    }
    this.#hasGrown = false
  }
}
