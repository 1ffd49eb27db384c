import type { ToolHandler } from '../src/index.ts'
import { LiveSession, type LiveSessionOptions } from '../src/session.ts'
import { ManualClock } from './manual-clock.ts'

/** A session over a wire that is a list, set up and with nothing else on it. */
export function open(options: Partial<LiveSessionOptions> = {}) {
  const wire: unknown[] = []
  const events: string[] = []
  const clock = new ManualClock()
  const failing = new Set<string>()
  const transport = {
    send(type: string, body: object) {
      if (failing.has(type)) throw new Error('socket gone')
      wire.push({ [type]: body })
    },
    close: () => wire.push('close'),
    bufferedAmount: 0,
  }
  const session = new LiveSession({ clock, setup: { model: 'unknown' }, ...options })
  const connection = session.connect(transport)
  connection.receive({ setupComplete: {} })
  session.onEvent((event) => {
    events.push('call' in event ? `${event.call.id} ${event.type}` : event.type)
  })
  return { session, connection, wire, events, clock, failing, transport }
}

/** A setup that declares functions. */
export function declaring(
  ...functionDeclarations: readonly { readonly name: string; readonly behavior?: string }[]
) {
  return { model: 'unknown', tools: [{ functionDeclarations }] }
}

export function toolCall(...ids: readonly string[]) {
  return { toolCall: { functionCalls: ids.map((id) => ({ id, name: `tool_${id}`, args: { id } })) } }
}

export function responses(...given: readonly (readonly [string, object])[]) {
  const functionResponses = given.map(([id, response]) => ({ id, name: `tool_${id}`, response }))
  return { toolResponse: { functionResponses } }
}

/** Handlers that end when the test says so. */
export function deferredTools(...ids: readonly string[]) {
  const finish: Record<string, (value: unknown) => void> = {}
  const signals: Record<string, { readonly aborted: boolean }> = {}
  const tools: Record<string, ToolHandler> = {}
  for (const id of ids) {
    tools[`tool_${id}`] = (_args, { signal }) => {
      signals[id] = signal
      return new Promise((resolve) => {
        finish[id] = resolve
      })
    }
  }
  return { tools, finish, signals }
}

export const word = (text: string) => ({ text })
