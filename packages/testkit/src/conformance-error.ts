/** Thrown by a scenario that a transport fails. The message says what was expected, what came, and what to do. */
export class ConformanceError extends Error {
  override readonly name: string = 'ConformanceError'
  /** The id of the scenario. */
  readonly scenario: string
  readonly expected: string
  readonly came: string
  readonly advice: string

  constructor(scenario: string, { expected, came, advice }: Finding) {
    super(`${scenario}: expected ${expected}; ${came}. ${advice}`)
    this.scenario = scenario
    this.expected = expected
    this.came = came
    this.advice = advice
  }
}

/** The parts of a failure's message. */
export interface Finding {
  /** Continues the sentence after "expected". */
  readonly expected: string
  readonly came: string
  /** One or more sentences. */
  readonly advice: string
}
