import { GoogleGenAI, type GoogleGenAIOptions, type LiveServerMessage } from '@google/genai'
import { connectLive, gateLive } from '../../src/index.ts'

/** What the test calls in the page. */
export interface Page {
  /** Connects by one of the ways to a gated session, or by none, and gives the numbers of so many messages as they come. */
  hear(
    options: GoogleGenAIOptions,
    way: 'connectLive' | 'gateLive' | 'bare',
    count: number,
  ): Promise<number[]>
  /** Connects, closes, and gives all texts that a console shows of the session and its close to who opens every part of them. */
  shown(options: GoogleGenAIOptions): Promise<string[]>
}

/** Chromium ends the reading of a large Blob behind that of a small one that came later when it pleases: here always. */
const { text } = Blob.prototype
const waiting: (() => void)[] = []
Blob.prototype.text = async function () {
  // By its size, known before it is read: else a reading that ended behind the last small one's would wait for ever.
  const isLarge = this.size > 1000
  if (isLarge) await new Promise<void>((resolve) => waiting.push(resolve))
  const content = await text.call(this)
  if (!isLarge) for (const resolve of waiting.splice(0)) setTimeout(resolve)
  return content
}

const page: Page = {
  async hear(options, way, count) {
    const ai = new GoogleGenAI(options)
    if (way === 'gateLive') gateLive(ai)
    const heard: number[] = []
    await new Promise<void>((resolve, reject) => {
      const onmessage = (message: LiveServerMessage): void => {
        if ('number' in message) heard.push(Number(message.number))
        if (heard.length === count) resolve()
      }
      const onclose = ({ code }: CloseEvent): void => reject(new Error(`closed with ${code}`))
      const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage, onclose } }
      const connecting = way === 'connectLive' ? connectLive(ai, params) : ai.live.connect(params)
      connecting.catch(reject)
    })
    return heard
  },
  async shown(options) {
    const texts: string[] = []
    const seen = new Set<unknown>()
    /** Inherited parts too: those of a platform's object are. */
    const open = (part: unknown): void => {
      if (typeof part === 'string') texts.push(part)
      if (typeof part !== 'object' || part === null || part === globalThis || seen.has(part)) return
      seen.add(part)
      for (const name in part) open(Reflect.get(part, name))
    }
    await new Promise<void>((resolve, reject) => {
      const onclose = (close: CloseEvent): void => {
        open(close)
        resolve()
      }
      const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {}, onclose } }
      const show = async (): Promise<void> => {
        const session = await connectLive(new GoogleGenAI(options), params)
        open(session)
        session.close()
      }
      show().catch(reject)
    })
    return texts
  },
}
Object.assign(globalThis, page)
