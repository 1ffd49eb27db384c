import type { RealtimeInput } from './client-message.ts'
import type { ProfileName } from './profile.ts'

// Source: the close reason in mastra-ai/mastra#18287; for empty messages, the documentation of
// hkjarral/AVA-AI-Voice-Agent-for-Asterisk. Clients of Vertex AI still send mediaChunks, according to Google's guide for it.
const doubts = {
  mediaChunks:
    'mediaChunks are deprecated, and real servers were seen to close with 1007 for them; send audio, video or text',
  nothing: 'a realtimeInput without any input, for which real servers were seen to close with 1008',
}

/** Finds inputs that the emulator accepts but real servers may not, and reports each kind once. */
export class DoubtfulInputs {
  readonly #profile: ProfileName
  readonly #reported = new Set<string>()

  constructor(profile: ProfileName) {
    this.#profile = profile
  }

  /** Returns a warning about the inputs of a message; undefined if there is nothing new to warn of. */
  warningOf(inputs: readonly RealtimeInput[]): string | undefined {
    const hasChunks = this.#profile !== 'vertex' && inputs.some(({ kind }) => kind === 'mediaChunks')
    const doubt = hasChunks ? doubts.mediaChunks : inputs.length === 0 ? doubts.nothing : undefined
    if (doubt === undefined || this.#reported.has(doubt)) return undefined
    this.#reported.add(doubt)
    return doubt
  }
}
