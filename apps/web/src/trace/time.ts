/** Formats a duration: `480 ms`, `2.40 s`. */
export function inWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}
