/**
 * For each item that was offered its place in what was received, or undefined if it is not there. Order counts: it is the
 * longest common subsequence, so that what is equal (silence, say) is taken for lost only where something is missing.
 */
export function align(
  offered: readonly string[],
  received: readonly string[],
): readonly (number | undefined)[] {
  const width = received.length + 1
  // common[o * width + r]: how much the ends of the two have in common, from `o` and `r` on.
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
