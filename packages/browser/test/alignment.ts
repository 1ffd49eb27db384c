/** Where a part of the heard signal lies in the original. */
interface AlignedWindow {
  /** The delay in samples. */
  readonly lag: number
  /** The correlation of the two, at most 1. */
  readonly correlation: number
}

export interface Alignment {
  readonly windows: readonly AlignedWindow[]
  /** The largest lag minus the smallest, in milliseconds; drift, gaps and repeats increase it. */
  readonly spreadMs: number
  readonly leastCorrelation: number
}

/**
 * Compares the heard signal with the original, window by window, by correlation. Both have the same rate. Silence before the first word,
 * after the last and in pauses is left out.
 */
export function align(said: Float32Array, heard: Float32Array, rate: number): Alignment {
  const length = rate / 4
  const [expected, first] = [said, heard].map((signal) =>
    signal.findIndex((sample) => Math.abs(sample) > 0.01),
  ) as [number, number]
  const saidPowers = powersUpTo(said)
  const beginning = bestLag(said, saidPowers, heard, first + rate / 10, length, [
    first - expected - rate,
    first - expected + rate,
  ])
  const windows: AlignedWindow[] = []
  let { lag } = beginning
  for (let start = first + rate / 10; start + length < heard.length; start += length) {
    if (start + length - lag > said.length) break
    // Silence fits anywhere.
    if (isSilent(heard.subarray(start, start + length))) continue
    // This range covers a gap of two frames, and a repeat.
    const window = bestLag(said, saidPowers, heard, start, length, [lag - rate / 20, lag + rate / 20])
    lag = window.lag
    windows.push(window)
  }
  const lags = windows.map((window) => window.lag)
  return {
    windows,
    spreadMs: ((Math.max(...lags) - Math.min(...lags)) * 1000) / rate,
    leastCorrelation: Math.min(...windows.map(({ correlation }) => correlation)),
  }
}

function isSilent(samples: Float32Array): boolean {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length < 1e-4
}

/** Returns the power of the samples before each index; the difference of two is that of the samples between them. */
function powersUpTo(samples: Float32Array): Float64Array {
  const powers = new Float64Array(samples.length + 1)
  for (const [index, sample] of samples.entries())
    powers[index + 1] = (powers[index] as number) + sample * sample
  return powers
}

function bestLag(
  said: Float32Array,
  saidPowers: Float64Array,
  heard: Float32Array,
  start: number,
  length: number,
  [from, to]: readonly [number, number],
): AlignedWindow {
  let best: AlignedWindow = { lag: from, correlation: -1 }
  const window = heard.subarray(start, start + length)
  const heardPower = window.reduce((sum, sample) => sum + sample * sample, 0)
  for (let lag = Math.round(from); lag <= to; lag++) {
    const begin = start - lag
    if (begin < 0 || begin + length > said.length) continue
    let product = 0
    for (let index = 0; index < length; index++) {
      product += (said[begin + index] as number) * (window[index] as number)
    }
    const saidPower = (saidPowers[begin + length] as number) - (saidPowers[begin] as number)
    const correlation = product / Math.sqrt(saidPower * heardPower || 1)
    if (correlation > best.correlation) best = { lag, correlation }
  }
  return best
}
