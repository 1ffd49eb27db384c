/** What the archive needs of a session. */
export interface ArchivedSession {
  /** Undefined while the session is open. */
  readonly closed: object | undefined
  /** An estimate of the memory that its record takes, in bytes. */
  readonly keptBytes: number
  /** Drops the first half of its log. */
  forgetHalf(): void
}

// About an hour of one conversation, or 30 000 connections without any message.
const defaultLimitBytes = 2 ** 28
// Shrink by a tenth, because shrinking by a little each time would cost more.
const shrunkShare = 0.9

/**
 * Keeps open and ended sessions within a common bound of memory. Beyond it, it drops ended sessions, oldest connection first, but
 * never the newest session. If that is not enough, the longest logs lose their first half.
 */
export class SessionArchive<Session extends ArchivedSession> {
  /** In the order of connection. */
  readonly sessions: Session[] = []
  readonly #limitBytes: number
  #bytes = 0

  constructor(limitBytes: number = defaultLimitBytes) {
    this.#limitBytes = limitBytes
  }

  add(session: Session): void {
    this.sessions.push(session)
    this.grew(session.keptBytes)
  }

  /** Reports that the record of an added session grew by so many bytes. */
  grew(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#limitBytes) this.#shrink(this.#limitBytes * shrunkShare)
  }

  #shrink(bytes: number): void {
    const newest = this.sessions.at(-1)
    let kept = 0
    for (const session of this.sessions) {
      const mayGo = session.closed !== undefined && session !== newest
      if (mayGo && this.#bytes > bytes) this.#bytes -= session.keptBytes
      else this.sessions[kept++] = session
    }
    this.sessions.length = kept
    while (this.#bytes > bytes) {
      const longest = this.sessions.reduce((a, b) => (b.keptBytes > a.keptBytes ? b : a))
      const before = longest.keptBytes
      longest.forgetHalf()
      if (longest.keptBytes === before) return
      this.#bytes -= before - longest.keptBytes
    }
  }
}
