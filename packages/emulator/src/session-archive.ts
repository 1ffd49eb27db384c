/** A session as far as its record takes memory. */
export interface ArchivedSession {
  /** Undefined while the session is open. */
  readonly closed: object | undefined
  /** About what is kept of it, in bytes. */
  readonly keptBytes: number
  /** Lets the first half of its log go. */
  forgetHalf(): void
}

// About an hour of one conversation, or what 30 000 connections that said nothing leave behind.
const defaultLimitBytes = 2 ** 28
// How far to shrink: doing so by a little each time would cost more.
const shrunkShare = 0.9

/**
 * Keeps sessions, open and ended, within a bound for all of them together. When they grow beyond it, the sessions that
 * ended go, the oldest connection first, but never the newest; if that is not enough, the longest logs lose their first half.
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

  /** A session that was added keeps so many bytes more. */
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
