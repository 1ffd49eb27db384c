import { readTrace, type Trace, writeTrace } from '../trace/trace.ts'
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
      onProblem(error instanceof Error ? error.message : String(error))
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
