import { afterEach, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'
import { ManualClock } from './manual-clock.ts'

describe('the tools for clients that have none', () => {
  let emulator: Emulator | undefined

  afterEach(() => emulator?.close())

  async function ask(path: string, init?: RequestInit) {
    const response = await fetch(`${emulator?.url}/tools/${path}`, init)
    return { status: response.status, body: await response.json() }
  }

  it.each([
    ['get_weather?city=Dublin', { city: 'Dublin', celsius: 12, sky: 'light rain' }],
    ['set_lights?on=true&room=hall', { on: 'true', room: 'hall', result: 'done' }],
    ['get_time', { result: 'done' }],
  ])('answer %s', async (path, body) => {
    emulator = await startEmulator()
    expect(await ask(path)).toEqual({ status: 200, body })
  })

  it('take toolMs', async () => {
    const clock = new ManualClock()
    emulator = await startEmulator({ clock, toolMs: 2000 })
    let answered = false
    const asked = ask('get_weather').finally(() => {
      answered = true
    })
    await expect.poll(() => clock.pendingTimers).toBe(1)
    clock.advance(1999)
    // An answer that came too early would arrive before the end of this exchange with the same server.
    await ask('')
    expect([clock.pendingTimers, answered]).toEqual([1, false])
    clock.advance(1)
    expect((await asked).status).toBe(200)
  })

  it('drop requests whose client has gone', async () => {
    const clock = new ManualClock()
    emulator = await startEmulator({ clock, toolMs: 2000 })
    const leaving = new AbortController()
    const asked = ask('get_weather', { signal: leaving.signal })
    await expect.poll(() => clock.pendingTimers).toBe(1)
    leaving.abort()
    await expect(asked).rejects.toThrow('aborted')
    await expect.poll(() => clock.pendingTimers).toBe(0)
  })

  it.each([
    ['', {}, 'there is no GET /tools/; a tool is GET /tools/NAME?ARGUMENT=VALUE'],
    [
      'f?key=value',
      { method: 'POST' },
      'there is no POST /tools/f; a tool is GET /tools/NAME?ARGUMENT=VALUE',
    ],
  ])('refuse any other request: /tools/%s', async (path, init, error) => {
    emulator = await startEmulator()
    expect(await ask(path, init)).toEqual({ status: 404, body: { error } })
  })

  it('may be called by pages of any origin', async () => {
    emulator = await startEmulator()
    const { headers } = await fetch(`${emulator.url}/tools/get_time`)
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })
})
