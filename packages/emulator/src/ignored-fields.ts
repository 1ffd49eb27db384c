// A client that puts new names into each message must not fill the log.
const mostReported = 20
const longestName = 100

/** Collects the fields that the emulator ignores because its protocol does not know them, and reports each once in a session. */
export class IgnoredFields {
  readonly #reported = new Set<string>()
  #unreported: string[] = []

  add(field: string): void {
    if (this.#reported.size >= mostReported || this.#reported.has(field)) return
    this.#reported.add(field)
    this.#unreported.push(field.length > longestName ? `${field.slice(0, longestName)}…` : field)
  }

  /** Returns a warning about the fields that have come since the last one; undefined if none was new. */
  takeWarning(): string | undefined {
    const fields = this.#unreported
    if (fields.length === 0) return undefined
    this.#unreported = []
    return `${fields.join(', ')}: not in the protocol, and ignored; real servers close with 1007 for it by all reports, as \`strict\` does`
  }
}
