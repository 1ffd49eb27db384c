import { expect, it } from 'vitest'
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
