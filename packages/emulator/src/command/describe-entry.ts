import type { ConnectionRequest } from '../connection-request.ts'
import type { Refusal } from '../refusal.ts'
import type { LogEntry, ReceivedMessage, SentMessage } from '../session-log.ts'

/** Describes a log entry in words. Audio is left to `LiveLines`, which sums it up. */
export function describeEntry(entry: LogEntry): string {
  switch (entry.kind) {
    case 'connected':
      return `• connected: ${describeConnection(entry.connection)}`
    case 'resumed':
      return `• resumed: connection ${entry.epoch} of its session`
    case 'received':
      return `→ ${describeReceived(entry.message)}`
    case 'sent':
      return `← ${describeSent(entry.message)}`
    case 'fault':
      return `• fault ${cut(JSON.stringify(entry.fault), longest)}`
    case 'warning':
    case 'violation':
      return `! ${cut(entry.reason, longest)}`
    case 'close':
      return `✕ closed by the ${entry.by}: ${entry.code}${endings[entry.code] ?? ''} ${entry.reason}`.trimEnd()
  }
}

/** What the codes mean that no close frame carries: see RFC 6455, section 7.1.5. */
const endings: Readonly<Record<number, string>> = {
  1005: ', a close frame without a code',
  1006: ', without a close frame',
}

/** Describes a refused connection in words. */
export function describeRefusal({ method, path, status, problem }: Refusal): string {
  const outcome = status === undefined ? '✕ refused' : `✕ refused with ${status}`
  const asked =
    path === undefined ? undefined : cut(method === undefined ? path : `${method} ${path}`, longest)
  return [outcome, asked, problem].filter((part) => part !== undefined).join(': ')
}

function describeConnection({ api, version, constrained, credential }: ConnectionRequest): string {
  const name = api === 'vertex' ? 'Vertex AI' : 'Gemini API'
  const kinds = {
    key: 'an API key',
    token: 'an ephemeral token',
    bearer: 'an OAuth token',
    none: 'no credential',
  }
  return `${name} ${version}${constrained ? ', constrained' : ''}, with ${kinds[credential]}`
}

function describeReceived(message: ReceivedMessage): string {
  switch (message.type) {
    case 'setup':
      return `setup ${cut(String(message.setup.model ?? ''), longest)}`
    case 'realtimeInput':
      return message.text === undefined
        ? message.inputs.join(' ') || 'nothing'
        : `text ${quote(message.text)}`
    case 'clientContent':
      return `client content ${quote(message.text)}${message.turnComplete ? '' : ', to be continued'}`
    case 'toolResponse':
      return `tool response ${message.responses
        .map(({ name, id = '?', response }) => `${name ?? id}: ${quoteJson(response)}`)
        .join(', ')}`
    case 'contextUpdate':
      return 'context update'
  }
}

function describeSent(message: SentMessage): string {
  switch (message.type) {
    case 'toolCall':
      return `tool call ${message.calls.map(({ name, args }) => `${name}(${JSON.stringify(args)})`).join(', ')}`
    case 'toolCallCancellation':
      return `tool call cancellation ${message.ids.join(', ')}`
    case 'transcript':
    case 'inputTranscript':
    case 'text':
      return `${message.type === 'inputTranscript' ? 'heard' : 'says'} ${quote(message.text)}`
    case 'thought':
      return `thinks ${quote(message.text)}`
    case 'goAway':
      return `go away, ${message.timeLeftMs} ms left`
    case 'voiceActivity':
      return `voice activity, ${message.activity} at ${message.atSeconds} s`
    case 'sessionResumptionUpdate':
      return `session resumption update, ${message.resumable ? 'resumable' : 'not resumable'}`
    case 'raw':
      return `raw ${quote(message.text)}`
    default:
      return message.type
  }
}

// In characters. Clients can make these texts as long as they like.
const longest = 240
const longestQuote = 80

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

function quote(text: string): string {
  return `"${cut(text, longestQuote)}"`
}

function quoteJson(value: unknown): string {
  return value === undefined ? 'nothing' : quote(JSON.stringify(value))
}
