import { classifyClose } from '@livegate/core/close'
import type { Fact } from '../trace/fact.ts'
import { make } from './dom.ts'

/** What was said, by whom, and what came between. */
export class Transcript {
  readonly #list: HTMLElement
  #last: { readonly who: 'user' | 'model'; readonly text: HTMLElement } | undefined
  readonly #calls: Map<number | string, HTMLElement> = new Map()

  constructor(list: HTMLElement) {
    this.#list = list
    // What scrolls can be scrolled with the keyboard.
    list.tabIndex = 0
    this.clear()
  }

  clear(): void {
    this.#last = undefined
    this.#calls.clear()
    this.#list.replaceChildren(make('p', { class: 'hint' }, 'What you and the model say appears here.'))
  }

  add(fact: Fact): void {
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
        return
      }
      case 'closed':
        for (const line of this.#calls.values()) {
          line.textContent = line.textContent?.replace(' runs …', ' lost') ?? ''
        }
        this.#tellClose(fact)
        return
      case 'fault':
        this.#aside('fault', `Injected: ${fact.name}`)
    }
  }

  /** Not of a session that was ended from here, or as sessions are ended: also 1000 can stand for a connection that was cut short. */
  #tellClose({ code, reason }: Extract<Fact, { readonly type: 'closed' }>): void {
    const { cause, remedy } = classifyClose({ code, reason })
    if (code === undefined || cause === 'ended') return
    this.#aside('bad', `The server closed the session: ${code} ${reason}`)
    this.#aside('bad', remedy)
  }

  #say(who: 'user' | 'model', text: string): void {
    if (this.#last?.who === who) {
      this.#last.text.append(text)
    } else {
      const words = make('span', {}, text)
      const name = make('strong', {}, who === 'user' ? 'You' : 'Model')
      this.#put(make('p', { class: `said by-${who}` }, name, words))
      this.#last = { who, text: words }
    }
    this.#list.scrollTop = this.#list.scrollHeight
  }

  #aside(kind: string, text: string): HTMLElement {
    const line = make('p', { class: `aside ${kind}` }, text)
    this.#put(line)
    return line
  }

  #put(line: HTMLElement): void {
    this.#list.querySelector('.hint')?.remove()
    this.#list.append(line)
    this.#list.scrollTop = this.#list.scrollHeight
  }
}
