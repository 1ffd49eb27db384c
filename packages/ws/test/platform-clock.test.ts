import { expect, it, onTestFinished, vi } from 'vitest'
import { platformClock } from '../src/platform-clock.ts'

it('cancels a timer where it was set, although timers were faked meanwhile', () => {
  const cancelled: unknown[] = []
  vi.stubGlobal('setTimeout', () => 'a timer')
  vi.stubGlobal('clearTimeout', (timer: unknown) => cancelled.push(timer))
  onTestFinished(() => void vi.unstubAllGlobals())
  const cancel = platformClock.setTimer(10, () => {})
  vi.stubGlobal('clearTimeout', () => {})
  cancel()
  expect(cancelled).toEqual(['a timer'])
})
