import type { ModeReport } from './report.ts'

/** Tells what happened in one mode, in sentences with the server's figures. */
export function narrate(report: ModeReport): string {
  const mode = report.mode === 'hands-free' ? 'Hands-free' : 'Push-to-talk'
  return `${mode}: ${[sessionSentence(report), lossSentence(report), turnSentence(report)].join(' ')}`
}

function sessionSentence({ session }: ModeReport): string {
  if (session.alive) return 'The session lives.'
  const end = /[.!?]$/.test(session.reason) ? '' : '.'
  return `The server closed the session at ${seconds(session.atMs)}: ${session.code} “${session.reason}”${end}`
}

function lossSentence({ speech, signals }: ModeReport): string {
  const { offeredMs, lostMs, lostSpokenMs } = speech
  if (lostMs === null || signals.lost === null)
    return `Google does not tell how much of ${offeredMs} ms of audio arrived.`
  const hasLostSignals = signals.lost.length > 0
  if (lostMs === 0) {
    if (hasLostSignals)
      return `All ${offeredMs} ms of audio arrived, in order, but not ${listOf(signals.lost)}.`
    const alsoSignals = signals.offered > 0 ? ` and all ${signals.offered} signals` : ''
    return `All ${offeredMs} ms of audio${alsoSignals} arrived, in order.`
  }
  const share = lostSpokenMs === lostMs ? 'all of it speech' : `${lostSpokenMs} ms of it speech`
  const audio = `${lostMs} of ${offeredMs} ms of audio were lost, ${share}`
  return hasLostSignals ? `${audio}, and with it ${listOf(signals.lost)}.` : `${audio}.`
}

function turnSentence({ turns }: ModeReport): string {
  const { spoken, understood, lastEnded, answered } = turns
  if (understood === null) return answered ? 'A reply was finished.' : 'No reply was finished.'
  const heard = `The server understood ${understood} of ${spoken} turns`
  if (!lastEnded) return `${heard} and never heard the end of the last.`
  return `${heard} and ${answered ? 'answered the last' : 'left the last unanswered'}.`
}

function listOf(names: readonly string[]): string {
  return names.length === 1 ? `the ${names[0]}` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
