/** Items in line. To take the first of an array moves all behind it, which for the frames of an hour takes seconds. */
export class Queue<Item> {
  #items: Item[] = []
  /** How many of the items have been taken; at most half of them. */
  #taken = 0

  add(items: Iterable<Item>): void {
    for (const item of items) this.#items.push(item)
  }

  /** Takes the oldest item: a list of one, or of none. */
  takeFirst(): readonly Item[] {
    const first = this.#items.slice(this.#taken, this.#taken + 1)
    this.#taken += first.length
    if (this.#taken * 2 > this.#items.length) this.#items = this.takeAll()
    return first
  }

  takeAll(): Item[] {
    const all = this.#items.slice(this.#taken)
    this.#items = []
    this.#taken = 0
    return all
  }
}
