import type { Feature } from './features.ts'
import type { Stage } from './stage.ts'

/** A scenario, before it is bound to a transport. */
export interface ScenarioDefinition {
  /** Stable, for reports and for lists of known failures. */
  readonly id: string
  /** Continues a sentence that begins with the name of the transport. */
  readonly title: string
  /** The feature that it tests, if not every transport has it. */
  readonly feature?: Feature
  /** @throws {ConformanceError} if the transport fails it. */
  play(stage: Stage): Promise<void>
}
