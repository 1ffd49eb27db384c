/** The place of a label in its lane, in pixels. */
export interface Label {
  readonly left: number
  readonly width: number
}

/**
 * Returns a row for each label, from left to right: the first of `most` rows in which it covers no other, or else the row whose last label
 * ends first.
 */
export function rowsOf(labels: readonly Label[], most: number): readonly number[] {
  const ends: number[] = Array.from({ length: most }, () => Number.NEGATIVE_INFINITY)
  return labels.map(({ left, width }) => {
    const free = ends.findIndex((end) => end <= left)
    const row = free === -1 ? ends.indexOf(Math.min(...ends)) : free
    ends[row] = left + width
    return row
  })
}
