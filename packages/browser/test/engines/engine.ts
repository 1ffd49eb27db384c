/** A page in an engine. */
export interface EnginePage {
  /** Runs a function in the page; its arguments and its result are JSON. */
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>
  evaluate<Argument, Result>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  /** Closes the browser. */
  close(): Promise<void>
}

/** A browser with its own engine. */
export interface Engine {
  readonly name: string
  /** The programs that it needs, with the Debian packages that contain them. */
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  /** Opens a page that may use the microphone and play sound. */
  open(url: string, environment: NodeJS.ProcessEnv): Promise<EnginePage>
}
