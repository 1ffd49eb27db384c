import type { Result } from './demo.ts'
import type { Options, PolicyName } from './options.ts'
import { ownRecording } from './recording.ts'
import type { Speech } from './speech.ts'
import type { ActReport } from './table.ts'

/** The document that `--json` prints. */
export interface DemoDocument {
  readonly server: 'emulator' | 'google'
  readonly speech: { readonly file: string; readonly durationMs: number }
  readonly toolMs: number
  readonly policy: PolicyName
  readonly acts: readonly ActReport[]
  /** Whether Livegate's act kept its promises. Decides the exit code. */
  readonly held: boolean
  /** The promises that it broke, in sentences. */
  readonly broken: readonly string[]
}

export function documentOf(options: Options, speech: Speech, { acts, broken }: Result): DemoDocument {
  return {
    server: options.server.kind,
    speech: { file: options.file ?? ownRecording, durationMs: speech.durationMs },
    toolMs: options.toolMs,
    policy: options.policy,
    acts,
    held: broken.length === 0,
    broken,
  }
}
