/** Where a label lies in its lane, in pixels. */
export interface Label {
  readonly left: number
  readonly width: number
}

/**
 * For each label, from left to right, the first of `most` rows where it covers none before it; where there is none, the row whose last label
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
