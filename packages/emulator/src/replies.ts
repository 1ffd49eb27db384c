import { type DeclaredFunction, placeOfReply, type Reply, type Script, type TurnToAnswer } from './script.ts'

/** The replies of one session: the script's for the functions that the client declares, and which of them were used. */
export class Replies {
  readonly #script: Script
  readonly #used: Set<number>
  #functions: readonly DeclaredFunction[] = []
  #replies: readonly Reply[] = []

  /** `used`: the places of the replies that were used on the session's previous connections. */
  constructor(script: Script, functions: readonly DeclaredFunction[], used: readonly number[] = []) {
    this.#script = script
    this.#used = new Set(used)
    this.declare(functions)
  }

  get used(): readonly number[] {
    return [...this.#used]
  }

  declare(functions: readonly DeclaredFunction[]): void {
    this.#functions = functions
    this.#replies = this.#script(functions)
  }

  /** The behavior in a function's declaration; undefined without one. */
  behaviorOf(name: string): DeclaredFunction['behavior'] | undefined {
    return this.#functions.find((candidate) => candidate.name === name)?.behavior
  }

  /** Returns the reply to a turn, and counts it as used; undefined if none fits. */
  take(turn: TurnToAnswer): Reply | undefined {
    const place = placeOfReply(turn, this.#replies, this.#used)
    if (place === undefined) return undefined
    this.#used.add(place)
    return this.#replies[place]
  }
}
