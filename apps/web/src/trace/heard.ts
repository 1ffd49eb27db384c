/**
 * Which of the frames that were offered are in what the server received, by their samples. The server received a part of them, in
 * order; each is looked for behind the one before, so that what is equal (digital silence, say) is taken for missing only where
 * something is.
 *
 * @param received all samples that the server has, one frame after the other.
 */
export function framesHeard(offered: readonly Int16Array[], received: Int16Array): readonly boolean[] {
  let at = 0
  return offered.map((frame) => {
    const isHere = isAt(frame, received, at)
    if (isHere) at += frame.length
    return isHere
  })
}

function isAt(frame: Int16Array, received: Int16Array, at: number): boolean {
  return frame.every((sample, index) => sample === received[at + index])
}

/** The frames that are not there, as ranges of first and count. */
export function rangesOfMissing(heard: readonly boolean[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = []
  for (const [index, isHeard] of heard.entries()) {
    if (isHeard) continue
    const last = ranges.at(-1)
    if (last && last[0] + last[1] === index) last[1]++
    else ranges.push([index, 1])
  }
  return ranges
}
