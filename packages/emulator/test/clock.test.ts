import { mock } from 'node:test'
import { afterEach, describe, expect, it } from 'vitest'
import { platformClock } from '../src/clock.ts'

afterEach(() => mock.timers.reset())

describe('the platform clock', () => {
  it('cancels a timer that was set before a test turned on its fake timers', async () => {
    let woken = false
    const cancel = platformClock.setTimer(1, () => {
      woken = true
    })
    const later = new Promise((resolve) => setTimeout(resolve, 1))
    mock.timers.enable({ apis: ['setTimeout'] })
    cancel()
    await later
    expect(woken).toBe(false)
  })

  it.each([
    ['wakes', false],
    ['does not wake, if cancelled', true],
  ])('follows fake timers: it %s when they are advanced', (_, cancelled) => {
    mock.timers.enable({ apis: ['setTimeout'] })
    let woken = false
    const cancel = platformClock.setTimer(10_000, () => {
      woken = true
    })
    if (cancelled) cancel()
    mock.timers.tick(10_000)
    expect(woken).toBe(!cancelled)
  })
})
