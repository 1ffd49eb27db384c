/** Checks that `classifyClose` names the cause of every close that the emulator can imitate, over a real socket. */
import { type KnownClose, startEmulator } from '@livegate/emulator'
import { type CloseCause, classifyClose, connectLive } from '@livegate/ws'
import { expect, it } from 'vitest'

const model = 'gemini-2.5-flash-native-audio'

/** The causes of all closes that the emulator knows. The type demands that none is missing. */
const causes: Readonly<Record<KnownClose, CloseCause>> = {
  aborted: 'aborted',
  'access-denied': 'credential-refused',
  'audio-not-supported': 'audio-refused',
  cancelled: 'time-over',
  'credits-depleted': 'quota-exceeded',
  'deadline-exceeded': 'time-over',
  'go-away-ignored': 'time-over',
  internal: 'server-failed',
  'invalid-argument': 'invalid-message',
  'key-expired': 'credential-refused',
  'location-not-supported': 'location-refused',
  'media-chunks-deprecated': 'invalid-message',
  'not-found': 'not-found',
  'resource-exhausted': 'quota-exceeded',
  'sample-rate-changed': 'audio-refused',
  'session-expired': 'unknown-handle',
  'session-not-found': 'unknown-handle',
  unavailable: 'server-failed',
  unimplemented: 'not-implemented',
}

it.concurrent.each(Object.entries(causes) as [KnownClose, CloseCause][])(
  'a close as "%s" is %s to a session',
  async (like, cause) => {
    const emulator = await startEmulator()
    try {
      const session = await connectLive({ apiKey: 'none', url: emulator.url, model })
      const closed = new Promise((resolve) => {
        session.on('session-closed', ({ report }) => resolve(classifyClose(report).cause))
      })
      emulator.sessions[0]?.inject({ fault: 'close', like })
      expect(await closed).toBe(cause)
    } finally {
      await emulator.close()
    }
  },
)

it.concurrent.each([
  [401, 'credential-refused'],
  [429, 'quota-exceeded'],
  [503, 'server-failed'],
] as const)('a connection refused with %s is %s to a session', async (status, cause) => {
  const emulator = await startEmulator()
  try {
    emulator.injectNext({ fault: 'refuse', status })
    const causes: CloseCause[] = []
    const connecting = connectLive({
      apiKey: 'none',
      url: emulator.url,
      model,
      onEvent(event) {
        if (event.type === 'session-closed') causes.push(classifyClose(event.report).cause)
      },
    })
    await expect(connecting).rejects.toMatchObject({ code: 'closed' })
    expect(causes).toEqual([cause])
  } finally {
    await emulator.close()
  }
})
