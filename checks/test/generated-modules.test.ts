import { describe, expect, it } from 'vitest'
import { type Example, GeneratedModules } from './generated-modules.ts'

const example = (line: number, code: string): Example => ({ document: 'docs/page.md', line, code })

describe('GeneratedModules', () => {
  it('finds type errors under the strict options, at their lines in the document', async () => {
    const modules = new GeneratedModules('type-errors', [
      example(3, "import { InputGate } from '@livegate/core'\n\nconst gate: string = InputGate"),
      example(9, 'const numbers: number[] = [1]\nexport const next = numbers[0] + 1'),
      example(20, 'await Promise.resolve()'),
    ])
    expect(await modules.typeErrors()).toEqual([
      expect.stringMatching(/^docs\/page\.md:5: error TS2322: .* not assignable to type 'string'/),
      expect.stringMatching(/^docs\/page\.md:5: error TS6133: 'gate'/),
      expect.stringMatching(/^docs\/page\.md:10: error TS2532: .* possibly 'undefined'/),
    ])
  }, 60_000)

  it('lets the examples of a document import a named one, and finds the places of its errors too', async () => {
    const wrong = "export const greeting: number = 'hello'"
    const named = { ...example(3, wrong), file: 'greeting.ts' }
    const importing = example(
      9,
      "import { greeting } from './greeting.ts'\n\nif (!greeting) throw new Error('not imported')",
    )
    const modules = new GeneratedModules('named', [named, importing])
    expect(await modules.runError(importing, 10_000)).toBeUndefined()
    expect(await modules.typeErrors()).toEqual([expect.stringMatching(/^docs\/page\.md:3: error TS2322: /)])
    const twice = () => new GeneratedModules('named-twice', [named, { ...named, line: 20 }])
    expect(twice).toThrow('docs/page.md:20: greeting.ts exists already')
  }, 60_000)

  it('finds examples that throw, write to stderr or do not end', async () => {
    const good = example(1, "const greeting: string = 'hello'\nconsole.log(greeting)")
    const throws = example(5, "\nthrow new Error('broken')")
    const complains = example(8, "console.error('a callback threw')")
    const hangs = example(9, 'setInterval(() => {}, 1000)')
    const modules = new GeneratedModules('run-errors', [good, throws, complains, hangs])
    expect(await modules.runError(good, 10_000)).toBeUndefined()
    expect(await modules.runError(throws, 10_000)).toMatch(
      /^docs\/page\.md:5 ended with 1\n.*page\.md\/5\.ts:6\n/,
    )
    expect(await modules.runError(complains, 10_000)).toBe('docs/page.md:8 complains\na callback threw')
    expect(await modules.runError(hangs, 500)).toBe('docs/page.md:9 was still running after 500 ms')
  }, 30_000)
})
