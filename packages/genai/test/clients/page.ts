import { GoogleGenAI, type GoogleGenAIOptions, type LiveServerMessage } from '@google/genai'
import { connectLive, gateLive } from '../../src/index.ts'

/** The functions of the page that the test calls. */
export interface Page {
  /** Connects, gated in one of the two ways or bare, and returns the numbers of the first `count` messages as they come. */
  hear(
    options: GoogleGenAIOptions,
    way: 'connectLive' | 'gateLive' | 'bare',
    count: number,
  ): Promise<number[]>
  /** Connects, and returns all texts that a console shows when every part of the session and of its close by the server is opened. */
  shown(options: GoogleGenAIOptions): Promise<string[]>
}

/** In Chromium, reading a large Blob sometimes ends after reading a small one that came later. Here it always does. */
const { text } = Blob.prototype
const waiting: (() => void)[] = []
Blob.prototype.text = async function () {
  // Decided by the size, which is known at once: a large Blob read after the last small one would otherwise wait forever.
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
    /** Includes inherited parts: those of platform objects are inherited. */
    const open = (part: unknown): void => {
      if (typeof part === 'string') texts.push(part)
      if (typeof part !== 'object' || part === null || part === globalThis || seen.has(part)) return
      seen.add(part)
      for (const name in part) open(Reflect.get(part, name))
    }
    await new Promise<void>((resolve, reject) => {
      const onclose = (close: CloseEvent): void => {
        open(close)
        texts.push(close.reason)
        resolve()
      }
      const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {}, onclose } }
      const show = async (): Promise<void> => {
        open(await connectLive(new GoogleGenAI(options), params))
      }
      show().catch(reject)
    })
    return texts
  },
}
Object.assign(globalThis, page)
