import { expect, it, onTestFinished, vi } from 'vitest'
import { newListeners } from '../src/listeners.ts'

it('tells those that are there, neither who is added meanwhile nor who has been taken away', () => {
  const listeners = newListeners<[string]>()
  const told: string[] = []
  const replace = (): void => {
    const remove = listeners.add((fact) => {
      told.push(`first: ${fact}`)
      remove()
      removeSecond()
      replace()
    })
  }
  replace()
  const removeSecond = listeners.add((fact) => told.push(`second: ${fact}`))
  listeners.tell('a')
  listeners.tell('b')
  expect(told).toEqual(['first: a', 'first: b'])
})

it('reports what one throws to the page, and tells the others', () => {
  const reported: unknown[] = []
  // Node has none.
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  onTestFinished(() => void vi.unstubAllGlobals())
  const listeners = newListeners<[string]>()
  const bug = new Error('a bug of the listener')
  listeners.add(() => {
    throw bug
  })
  const told: string[] = []
  listeners.add((fact) => told.push(fact))
  listeners.tell('a')
  expect([reported, told]).toEqual([[bug], ['a']])
})
