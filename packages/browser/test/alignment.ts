/** How a part of what was heard lies in what was said. */
interface AlignedWindow {
  /** How much later it was heard than said, in samples. */
  readonly lag: number
  /** How alike the two are, 1 at most. */
  readonly correlation: number
}

export interface Alignment {
  readonly windows: readonly AlignedWindow[]
  /** The difference of the greatest lag and the smallest, in milliseconds: what drift, gaps and repeats lead to. */
  readonly spreadMs: number
  readonly leastCorrelation: number
}

/**
 * Compares what was heard with what was said, window by window, by correlation. Both are samples of one rate; what was heard before the first
 * word, after the last and in pauses is left out.
 */
export function align(said: Float32Array, heard: Float32Array, rate: number): Alignment {
  const length = rate / 4
  const [expected, first] = [said, heard].map((signal) =>
    signal.findIndex((sample) => Math.abs(sample) > 0.01),
  ) as [number, number]
  const beginning = bestLag(said, heard, first + rate / 10, length, [
    first - expected - rate,
    first - expected + rate,
  ])
  const windows: AlignedWindow[] = []
  let { lag } = beginning
  for (let start = first + rate / 10; start + length < heard.length; start += length) {
    if (start + length - lag > said.length) break
    // Silence lies anywhere.
    if (isSilent(heard.subarray(start, start + length))) continue
    // A gap of two frames, and a repeat, lie within.
    const window = bestLag(said, heard, start, length, [lag - rate / 20, lag + rate / 20])
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

function bestLag(
  said: Float32Array,
  heard: Float32Array,
  start: number,
  length: number,
  [from, to]: readonly [number, number],
): AlignedWindow {
  let best: AlignedWindow = { lag: from, correlation: -1 }
  const window = heard.subarray(start, start + length)
  for (let lag = Math.round(from); lag <= to; lag++) {
    const begin = start - lag
    if (begin < 0 || begin + length > said.length) continue
    let product = 0
    let saidPower = 0
    let heardPower = 0
    for (let index = 0; index < length; index++) {
      const a = said[begin + index] as number
      const b = window[index] as number
      product += a * b
      saidPower += a * a
      heardPower += b * b
    }
    const correlation = product / Math.sqrt(saidPower * heardPower || 1)
    if (correlation > best.correlation) best = { lag, correlation }
  }
  return best
}
