import { randomUUID } from 'node:crypto'
import { type EmulatedSession, type Emulator, type LogEntry, startEmulator } from '@livegate/emulator'
import type { RunMessage, RunOrder } from '../api/api.ts'
import { newWatch } from './server-facts.ts'

/** How long a run lives without a listener, in milliseconds. */
const idleMs = 10_000

/** More runs at once mean that a page misbehaves. */
const mostRuns = 24

/** The emulator of one run, and what it saw. */
export interface Run {
  readonly id: string
  readonly emulator: Emulator
  /** Calls the listener with everything that is seen, until the returned function is called. The run ends with its last listener. */
  listen(listener: (message: RunMessage) => void): () => void
  /** Resolves once no session is open and the listeners have been told everything, with all samples that were received, in order. */
  heard(): Promise<Int16Array>
}

/** There are too many runs. */
export class TooManyRuns extends Error {
  override readonly name = 'TooManyRuns'
}

/** The current runs. */
export class RunStore {
  readonly #runs: Map<string, Run & { readonly end: () => void }> = new Map()
  readonly #graceMs: number
  /** The number of runs whose emulator is starting. */
  #beginning = 0
  #isClosed = false

  /** @param graceMs how long after a toolCall the emulators tolerate input that may have been in flight. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id)
  }

  /**
   * Begins a run.
   *
   * @throws {TooManyRuns}
   * @throws {EmulatorError} for a profile or a fault that the emulator doesn't know.
   */
  async begin({ profile, fault }: RunOrder): Promise<Run> {
    if (this.#runs.size + this.#beginning >= mostRuns) {
      throw new TooManyRuns('There are too many runs at once: close other tabs with this page.')
    }
    const listeners = new Set<(message: RunMessage) => void>()
    const watch = newWatch(performance.now.bind(performance))
    let onClosed: (() => void)[] = []
    let emulator: Emulator
    this.#beginning++
    try {
      emulator = await startEmulator({
        profile,
        graceMs: this.#graceMs,
        onEntry: (entry: LogEntry, session: EmulatedSession) => {
          for (const message of watch(entry, session)) for (const tell of listeners) tell(message)
          if (entry.kind !== 'close') return
          for (const goOn of onClosed) goOn()
          onClosed = []
        },
      })
    } finally {
      this.#beginning--
    }
    if (this.#isClosed) {
      await emulator.close()
      throw new Error('The server of this page is about to end.')
    }
    const id = randomUUID()
    const end = (): void => {
      clearTimeout(idle)
      if (this.#runs.delete(id)) void emulator.close()
    }
    const idle = setTimeout(end, idleMs)
    const run: Run & { readonly end: () => void } = {
      id,
      emulator,
      end,
      listen(listener) {
        clearTimeout(idle)
        listeners.add(listener)
        listener({ type: 'clock', atMs: performance.now() })
        return () => {
          listeners.delete(listener)
          if (listeners.size === 0) end()
        }
      },
      heard: async () => {
        while (emulator.sessions.some(({ closed }) => closed === undefined)) {
          await new Promise<void>((resolve) => onClosed.push(resolve))
        }
        for (const tell of listeners) tell({ type: 'all-told' })
        const parts = emulator.sessions.map((session) => session.receivedAudio())
        const all = new Int16Array(parts.reduce((length, part) => length + part.length, 0))
        let at = 0
        for (const part of parts) {
          all.set(part, at)
          at += part.length
        }
        return all
      },
    }
    this.#runs.set(id, run)
    try {
      if (fault !== undefined) emulator.injectNext(fault as Parameters<Emulator['injectNext']>[0])
    } catch (error) {
      end()
      throw error
    }
    return run
  }

  /** Ends all runs, and those that are starting. */
  close(): void {
    this.#isClosed = true
    for (const { end } of [...this.#runs.values()]) end()
  }
}
