/** Returns the root mean square of samples, in their own unit. */
export function rootMeanSquare(samples: Float32Array | Int16Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / samples.length)
}
