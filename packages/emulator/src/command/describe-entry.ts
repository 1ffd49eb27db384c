import type { LogEntry, ReceivedMessage, SentMessage } from '../session-log.ts'

/** What happened, in words, but for audio. */
export function describeEntry(entry: LogEntry): string {
  switch (entry.kind) {
    case 'received':
      return `→ ${describeReceived(entry.message)}`
    case 'sent':
      return `← ${describeSent(entry.message)}`
    case 'violation':
      return `! ${entry.reason}`
    case 'close':
      return `✕ closed by the ${entry.by}: ${`${entry.code} ${entry.reason}`.trim()}`
  }
}

function describeReceived(message: ReceivedMessage): string {
  switch (message.type) {
    case 'setup':
      return `setup ${String(message.setup.model ?? '')}`
    case 'realtimeInput':
      return message.text === undefined
        ? message.inputs.join(' ') || 'nothing'
        : `text ${quote(message.text)}`
    case 'clientContent':
      return `client content ${quote(message.text)}${message.turnComplete ? '' : ', to be continued'}`
    case 'toolResponse':
      return `tool response ${message.responses
        .map(({ name, id, response }) => `${name ?? id}: ${quote(JSON.stringify(response))}`)
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

const longest = 80

function quote(text: string): string {
  return text.length > longest ? `"${text.slice(0, longest)}…"` : `"${text}"`
}
