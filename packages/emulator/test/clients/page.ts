import { GoogleGenAI, type GoogleGenAIOptions } from '@google/genai'
import { speakTurn, type TurnReport, type TurnToSpeak } from './speak-turn.ts'

/** The function that the test calls in the page. */
export interface Page {
  speakTurn(options: GoogleGenAIOptions, turn: TurnToSpeak): Promise<TurnReport>
}

const page: Page = { speakTurn: (options, turn) => speakTurn(new GoogleGenAI(options), turn) }
Object.assign(globalThis, page)
