/** Returns the mean of the channels; `undefined` if nothing is connected. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array | undefined {
  const [first, ...others] = channels
  if (!first || others.length === 0) return first
  return first.map(
    (sample, index) =>
      others.reduce((sum, channel) => sum + (channel[index] as number), sample) / channels.length,
  )
}
