import type { Feature } from './features.ts'
import type { Stage } from './stage.ts'

/** A scenario, before it is bound to a transport. */
export interface ScenarioDefinition {
  /** Stable: for reports to name, and for lists of those that are known to fail. */
  readonly id: string
  /** Goes on after the name of the transport. */
  readonly title: string
  /** The feature that it tests, where that is one that not every transport has. */
  readonly feature?: Feature
  /** @throws {ConformanceError} when the transport fails it. */
  play(stage: Stage): Promise<void>
}
