import { byId } from './dom.ts'
import { loudness } from './wave.ts'

/** Shows how loud the user and the model are. */
export class Levels {
  readonly #bars: readonly HTMLMeterElement[] = [byId('level-in'), byId('level-out')]

  /** Root mean squares, from 0 to 1. */
  show(...levels: readonly [user: number, model: number]): void {
    for (const [index, bar] of this.#bars.entries()) {
      bar.value = loudness(levels[index] ?? 0)
    }
  }
}
