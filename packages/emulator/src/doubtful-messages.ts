import type { ClientMessage, Setup } from './client-message.ts'
import type { ProfileName } from './profile.ts'

// Source: for mediaChunks, the close reason in mastra-ai/mastra#18287; for empty messages, the documentation of
// hkjarral/AVA-AI-Voice-Agent-for-Asterisk; for client content, livekit/agents#5251. Clients of Vertex AI still send mediaChunks,
// according to Google's guide for it.
const doubts = {
  mediaChunks:
    'mediaChunks are deprecated, and real servers were seen to close with 1007 for them; send audio, video or text',
  noInput: 'a realtimeInput without any input, for which real servers were seen to close with 1008',
  noResponse: 'a toolResponse without any response, which has no effect',
  content:
    'clientContent without historyConfig, for which real servers of 3.1 were seen to close with 1007; send realtimeInput.text',
}

/** Finds messages that the emulator accepts but real servers may not, or that have no effect, and reports each kind once. */
export class DoubtfulMessages {
  readonly #profile: ProfileName
  readonly #declaresHistory: boolean
  readonly #reported = new Set<string>()

  constructor(profile: ProfileName, { historyInContent }: Pick<Setup, 'historyInContent'>) {
    this.#profile = profile
    this.#declaresHistory = historyInContent
  }

  /** Returns a warning about a message; undefined if there is nothing new to warn of. */
  warningOf(message: ClientMessage): string | undefined {
    const doubt = this.#doubtAbout(message)
    if (doubt === undefined || this.#reported.has(doubt)) return undefined
    this.#reported.add(doubt)
    return doubt
  }

  #doubtAbout(message: ClientMessage): string | undefined {
    switch (message.type) {
      case 'realtimeInput': {
        const hasChunks = message.inputs.some(({ kind }) => kind === 'mediaChunks')
        if (hasChunks && this.#profile !== 'vertex') return doubts.mediaChunks
        return message.inputs.length === 0 ? doubts.noInput : undefined
      }
      case 'clientContent':
        return this.#profile === 'gemini-3.1' && !this.#declaresHistory ? doubts.content : undefined
      case 'toolResponse':
        return message.responses.length === 0 ? doubts.noResponse : undefined
      default:
        return undefined
    }
  }
}
