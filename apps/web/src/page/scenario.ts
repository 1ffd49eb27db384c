import { type ProfileName, profiles } from '../api/api.ts'
import type { TalkMode } from '../api/live-config.ts'
import { type Way, ways, wayWords } from '../trace/way.ts'
import { byId, make } from './dom.ts'
import { type FaultChoice, faults } from './faults.ts'
import type { RunSettings } from './run.ts'

const profileWords: Readonly<Record<ProfileName, string>> = {
  'gemini-2.5': 'like 2.5: closes on input (1008)',
  'gemini-3.1': 'like 3.1: a turn cancels the call',
  'gemini-3.8': 'like 3.8: calls do not block',
  vertex: 'like Vertex AI: takes input',
}

/** The form with the choices for a run. */
export class Scenario {
  readonly #voice: HTMLSelectElement = byId('voice')
  readonly #mode: HTMLSelectElement = byId('mode')
  readonly #profile: HTMLSelectElement = byId('profile')
  readonly #toolMs: HTMLInputElement = byId('tool-ms')
  readonly #fault: HTMLSelectElement = byId('fault')
  readonly #ways: HTMLElement = byId('ways')

  constructor(speech: string | null) {
    for (const way of ways) {
      const id = `way-${way}`
      const input = make('input', { type: 'radio', name: 'way', id, value: way, checked: way === 'hold' })
      const { title, text } = wayWords[way]
      this.#ways.append(
        make('div', { class: 'choice' }, input, make('label', { for: id, title: text }, title)),
      )
    }
    for (const name of profiles) this.#profile.append(make('option', { value: name }, profileWords[name]))
    for (const { id, title } of faults) this.#fault.append(make('option', { value: id }, title))
    this.#voice.value = speech === null ? 'device' : 'recording'
    const text = byId('tool-ms-text')
    const tellToolMs = (): void => {
      text.textContent = `${(this.toolMs / 1000).toFixed(1)} s`
      this.#toolMs.setAttribute('aria-valuetext', text.textContent)
    }
    this.#toolMs.addEventListener('input', tellToolMs)
    tellToolMs()
    byId('scenario').addEventListener('submit', (event) => event.preventDefault())
  }

  get toolMs(): number {
    return Number(this.#toolMs.value)
  }

  get fault(): FaultChoice {
    return faults.find(({ id }) => id === this.#fault.value) ?? (faults[0] as FaultChoice)
  }

  /** Whether a recording replaces the microphone. */
  get isRecorded(): boolean {
    return this.#voice.value === 'recording'
  }

  get mode(): TalkMode {
    return this.#mode.value as TalkMode
  }

  settings(): RunSettings {
    const way = this.#ways.querySelector<HTMLInputElement>('input:checked')?.value as Way
    const { mode, toolMs, fault } = this
    return { way, mode, toolMs, fault, profile: this.#profile.value as ProfileName }
  }

  onChange(listener: () => void): void {
    byId('scenario').addEventListener('change', listener)
  }
}
