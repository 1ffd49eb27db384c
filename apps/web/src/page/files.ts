import { readTrace, type Trace, TraceError, writeTrace } from '../trace/trace.ts'
import { toTraceEvents } from '../trace/trace-events.ts'
import { byId, make } from './dom.ts'

/** Saves, exports and opens traces. */
export function connectFiles(options: {
  readonly trace: () => Trace | undefined
  readonly onOpen: (trace: Trace) => void
  readonly onProblem: (message: string) => void
}): void {
  const { trace, onOpen, onProblem } = options
  const file = byId<HTMLInputElement>('file')
  byId('save').addEventListener('click', () => {
    const shown = trace()
    if (shown) save(`livegate-${shown.way}.trace.json`, writeTrace(shown))
  })
  byId('export').addEventListener('click', () => {
    const shown = trace()
    if (shown) save(`livegate-${shown.way}.perfetto.json`, JSON.stringify(toTraceEvents(shown)))
  })
  byId('open').addEventListener('click', () => file.click())
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? []
    if (!chosen) return
    try {
      onOpen(readTrace(await chosen.text()))
    } catch (error) {
      // A file that was written by hand may hold anything.
      const isKnown = error instanceof TraceError
      onProblem(isKnown ? error.message : 'This trace is damaged: its facts cannot be drawn.')
    }
    // So that the same file can be chosen again.
    file.value = ''
  })
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  make('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
