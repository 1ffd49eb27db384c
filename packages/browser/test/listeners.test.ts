import { expect, it, onTestFinished, vi } from 'vitest'
import { newListeners } from '../src/listeners.ts'

it('calls the listeners of the moment: none that is added meanwhile, and none that is removed', () => {
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
  listeners.emit('a')
  listeners.emit('b')
  expect(told).toEqual(['first: a', 'first: b'])
})

it('tells all listeners of an event before the next one, also of one that a listener causes', () => {
  const listeners = newListeners<[string]>()
  const told: string[] = []
  listeners.add((fact) => {
    told.push(`first: ${fact}`)
    if (fact === 'lost') listeners.emit('closed')
  })
  listeners.add((fact) => told.push(`second: ${fact}`))
  listeners.emit('lost')
  listeners.emit('another')
  expect(told).toEqual([
    'first: lost',
    'second: lost',
    'first: closed',
    'second: closed',
    'first: another',
    'second: another',
  ])
})

it('leaves what a listener throws uncaught, calls the others, and goes on with the next event', () => {
  const tasks: (() => void)[] = []
  vi.stubGlobal('queueMicrotask', (task: () => void) => tasks.push(task))
  onTestFinished(() => void vi.unstubAllGlobals())
  const listeners = newListeners<[string]>()
  const bug = new Error('a bug of the listener')
  listeners.add(() => {
    throw bug
  })
  const told: string[] = []
  listeners.add((fact) => told.push(fact))
  listeners.emit('a')
  listeners.emit('b')
  expect(told).toEqual(['a', 'b'])
  expect(tasks).toHaveLength(2)
  for (const task of tasks) expect(task).toThrow(bug)
})
