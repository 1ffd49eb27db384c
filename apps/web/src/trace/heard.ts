/**
 * Returns for each offered frame whether the server received it, by its samples. Received frames are in order, so each is looked for right
 * after the one before. Among equal frames, such as digital silence, one counts as missing only if there are too few.
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

/** Returns the missing frames, as ranges of first and count. */
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
