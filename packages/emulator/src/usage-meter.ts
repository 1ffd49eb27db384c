import type { Profile } from './profile.ts'
import type { Usage } from './server-frames.ts'

// Source: the price list of the Gemini API, which counts 25 tokens for a second of audio. A token is about four characters.
const tokensPerSecond = 25
const charactersPerToken = 4

/** The size of an answer, or of a part of it. */
export interface Answer {
  /** Of speech. */
  readonly seconds: number
  /** Of written answers and of calls. */
  readonly characters: number
  readonly thoughtCharacters: number
}

const nothing: Answer = { seconds: 0, characters: 0, thoughtCharacters: 0 }

/** Counts tokens: all that the model heard and saw, and those of its latest answer. */
export class UsageMeter {
  #seconds: number
  #characters: number
  #pictures: number
  readonly #pictureTokens: number
  #answer: Answer = nothing

  constructor(
    { pictureTokens }: Pick<Profile, 'pictureTokens'>,
    heard: UsageMeter['heard'] = { seconds: 0, characters: 0, pictures: 0 },
  ) {
    this.#pictureTokens = pictureTokens
    this.#seconds = heard.seconds
    this.#characters = heard.characters
    this.#pictures = heard.pictures
  }

  get heard(): { readonly seconds: number; readonly characters: number; readonly pictures: number } {
    return { seconds: this.#seconds, characters: this.#characters, pictures: this.#pictures }
  }

  hearAudio(seconds: number): void {
    this.#seconds += seconds
  }

  hearText(text: string): void {
    this.#characters += text.length
  }

  seePictures(count: number): void {
    this.#pictures += count
  }

  /** Counts a part of the model's answer. */
  speak({ seconds, characters, thoughtCharacters }: Answer): void {
    const { seconds: s, characters: c, thoughtCharacters: t } = this.#answer
    this.#answer = {
      seconds: s + seconds,
      characters: c + characters,
      thoughtCharacters: t + thoughtCharacters,
    }
  }

  /** Counts a call in the model's answer. */
  call(text: string): void {
    this.speak({ seconds: 0, characters: text.length, thoughtCharacters: 0 })
  }

  /** Returns the usage of the answer, which is over. */
  endAnswer(): Usage {
    const answer = this.#answer
    this.#answer = nothing
    const thoughts = Math.ceil(answer.thoughtCharacters / charactersPerToken)
    return {
      ...(thoughts === 0 ? {} : { thoughts }),
      prompt: {
        ...tokensOf(this.#characters, this.#seconds),
        ...(this.#pictures === 0 ? {} : { IMAGE: this.#pictures * this.#pictureTokens }),
      },
      response: tokensOf(answer.characters, answer.seconds),
    }
  }
}

/** Rounds up, but not for the error of a sum of many short durations: fifty times 0.02 s is a second, which has 25 tokens. */
function tokensOf(characters: number, seconds: number): Usage['response'] {
  return {
    TEXT: Math.ceil(characters / charactersPerToken),
    AUDIO: Math.ceil(Number((seconds * tokensPerSecond).toFixed(6))),
  }
}
