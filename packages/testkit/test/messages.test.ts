import { expect, it } from 'vitest'
import { brief } from '../src/messages.ts'

it.each([
  ['as it is up to 60 characters', 'a'.repeat(60), 'a'.repeat(60)],
  ['by its beginning from there', 'a'.repeat(61), 'aaaaaaaaaaaaaaaaaaaa… (61 characters, sum 453911713)'],
  [
    'by another sum where it differs behind that',
    `${'a'.repeat(60)}b`,
    'aaaaaaaaaaaaaaaaaaaa… (61 characters, sum 453911714)',
  ],
])('a label is told %s', (_, label, told) => {
  expect(brief(label)).toBe(told)
})
