/**
 * Returns for each offered item its index in the received ones, or undefined if it is lost. It uses the longest common
 * subsequence, so that equal items, such as silent frames, count as lost only where something is missing.
 */
export function align(
  offered: readonly string[],
  received: readonly string[],
): readonly (number | undefined)[] {
  const width = received.length + 1
  // common[o * width + r]: the length of the common subsequence of offered[o..] and received[r..].
  const common = new Uint32Array((offered.length + 1) * width)
  const commonFrom = (o: number, r: number): number => common[o * width + r] ?? 0
  for (let o = offered.length - 1; o >= 0; o--) {
    for (let r = received.length - 1; r >= 0; r--) {
      common[o * width + r] =
        offered[o] === received[r]
          ? commonFrom(o + 1, r + 1) + 1
          : Math.max(commonFrom(o + 1, r), commonFrom(o, r + 1))
    }
  }
  let r = 0
  return offered.map((item, o) => {
    while (r < received.length && item !== received[r] && commonFrom(o, r + 1) === commonFrom(o, r)) r++
    if (item !== received[r]) return undefined
    return r++
  })
}
