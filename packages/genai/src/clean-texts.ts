/** Removes credentials from a text. */
export type Clean = (text: string) => string

/** The texts of events and errors that can be inherited, as those of a browser's events are. */
const inherited = ['reason', 'message'] as const

/**
 * Removes credentials from the texts of an event or an error, in place: whoever gets it may go by its class or its identity. The events
 * of `ws` keep their texts under symbols, which are printed, too.
 */
export function cleanTexts(part: unknown, clean: Clean): void {
  const whole = Object(part) as object
  for (const name of [...Reflect.ownKeys(whole), ...inherited]) {
    const text: unknown = Reflect.get(whole, name)
    if (typeof text !== 'string') continue
    const value = clean(text)
    if (value !== text) Reflect.defineProperty(whole, name, { value })
  }
}
