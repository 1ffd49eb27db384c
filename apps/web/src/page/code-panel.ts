import { byId } from './dom.ts'

/** Lets the visitor copy the code. Where the browser forbids that, the code is selected for them. */
export function connectCode(): void {
  const code = byId('code-text')
  byId('copy').addEventListener('click', async () => {
    const note = byId('copy-note')
    try {
      await navigator.clipboard.writeText(code.textContent)
      note.textContent = 'Copied.'
    } catch {
      getSelection()?.selectAllChildren(code)
      note.textContent = 'It is selected: copy it with the keyboard.'
    }
  })
}
