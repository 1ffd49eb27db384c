/** A page in an engine, to run functions in. */
export interface EnginePage {
  /** Runs a function in the page; what it takes and gives is JSON. */
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>
  evaluate<Argument, Result>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  /** Ends the browser. */
  close(): Promise<void>
}

/** A browser of an engine of its own. */
export interface Engine {
  readonly name: string
  /** The programs that it takes, and the packages of Debian that have them. */
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  /** Opens a page that may use the microphone, and may sound. */
  open(url: string, environment: NodeJS.ProcessEnv): Promise<EnginePage>
}
