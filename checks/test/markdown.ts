/** A fenced block of code. */
export interface CodeBlock {
  /** The first word after the fence, or '' if there is none. */
  readonly language: string
  /** The words after the language. */
  readonly flags: readonly string[]
  /** The line of the document where the code begins, counted from 1. */
  readonly line: number
  readonly code: string
}

export interface Link {
  readonly line: number
  readonly target: string
}

interface Parts {
  readonly blocks: CodeBlock[]
  /** The document's lines, in which those of blocks are blank. */
  readonly prose: string[]
}

const fence = /^(?<indent>\s*)(?<marks>`{3,}|~{3,})(?<info>[^`]*)$/

function partsOf(markdown: string): Parts {
  const blocks: CodeBlock[] = []
  const prose: string[] = []
  let open:
    | { readonly indent: string; readonly marks: string; readonly info: string; readonly lines: string[] }
    | undefined
  const close = (end: number): void => {
    if (!open) return
    const [language = '', ...flags] = open.info.trim().split(/\s+/)
    blocks.push({ language, flags, line: end - open.lines.length + 1, code: open.lines.join('\n') })
    open = undefined
  }
  const lines = markdown.split('\n')
  for (const [index, line] of lines.entries()) {
    const { indent = '', marks = '', info = '' } = fence.exec(line)?.groups ?? {}
    if (!open) {
      prose.push(marks ? '' : line)
      if (marks) open = { indent, marks, info, lines: [] }
      continue
    }
    prose.push('')
    if (marks.startsWith(open.marks) && info.trim() === '') close(index)
    else open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart())
  }
  // A fence that is never closed reaches to the end, as in every renderer.
  close(lines.length)
  return { blocks, prose }
}

export const codeBlocks = (markdown: string): CodeBlock[] => partsOf(markdown).blocks

const linkTargets = [
  // [text](target) and ![text](target "title")
  /\]\(\s*<?([^\s)>]+)/g,
  // [name]: target
  /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/g,
  /\b(?:href|src|srcset)="([^"\s]+)/g,
]

/** Finds the targets of links and pictures outside of code. */
export const linksOf = (markdown: string): Link[] =>
  partsOf(markdown).prose.flatMap((text, index) => {
    const visible = text.replace(/(`+).*?\1/g, '')
    return linkTargets.flatMap((pattern) =>
      [...visible.matchAll(pattern)].map(([, target = '']) => ({ line: index + 1, target })),
    )
  })

/** Returns the anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>()
  return partsOf(markdown).prose.flatMap((text) => {
    const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(text) ?? []
    if (heading === undefined) return []
    const words = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    const anchor = words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
}

/** Returns the doc comments of a TypeScript source as markdown, with their line numbers unchanged. */
export function docComments(source: string): string {
  let inside = false
  return source
    .split('\n')
    .map((line) => {
      const begins = /^\s*\/\*\*/.test(line)
      const text = inside ? line.replace(/^\s*\* ?/, '') : ''
      inside = (inside || begins) && !line.includes('*/')
      return inside ? text : ''
    })
    .join('\n')
}
