import type { LiveSession, LiveSessionEvent, LiveSessionSnapshot } from '../src/session.ts'
import { kinds } from './inputs.ts'
import { type Facts, fullMs, pollMs } from './session-facts.ts'
import { must, type Offer } from './session-server.ts'
import { ruleOf } from './session-steps.ts'

/** Checks every law that can be seen in the session's own snapshot and events. */
export function checkSession(facts: Facts, session: LiveSession, events: readonly LiveSessionEvent[]): void {
  must(facts.broken.length === 0, facts.broken.join('; '))
  const snapshot = session.snapshot()
  must((snapshot.status === 'closed') === facts.isOver, 'the session is closed when it should be')
  checkAccount(facts, snapshot)
  for (const server of facts.servers) server.checkCalls(facts.isOver || server.isReplaced, facts.clock.now())
  if (facts.isOver) checkEnd(facts, session, events)
  else checkGate(facts, session)
}

/** Checks that a session that is over has left nothing behind. */
export function checkEnd(facts: Facts, session: LiveSession, events: readonly LiveSessionEvent[]): void {
  const { status, gate, preRoll, pending } = session.snapshot()
  must(status === 'closed' && gate.status === 'closed' && gate.holds.length === 0, 'G3: it is over')
  must(gate.backlog.inputs === 0 && (preRoll?.inputs ?? 0) === 0, 'G5: nothing waits')
  must(pending.length === 0 && session.calls.pending.length === 0, 'G7: nothing is pending')
  must(facts.clock.timers === 0, 'G3: no timer is left')
  const ends = events.filter(({ type }) => type === 'session-closed')
  must(ends.length === 1, `it ends once, not ${ends.length} times`)
}

function checkGate(facts: Facts, session: LiveSession): void {
  const { gate } = session.snapshot()
  const server = facts.server
  const nowMs = facts.clock.now()
  const pending = session.calls.pending
  for (const call of server.calls) {
    const isPending = pending.some((each) => each === call.call)
    must(
      isPending === (call.settledAs.length === 0),
      `G2: call ${call.wireId} is pending until it is settled`,
    )
    if (!isPending) continue
    must(nowMs < call.dueMs, `G3.2: call ${call.wireId} is pending after its deadline`)
    must(call.overdue === Number(nowMs >= call.overdueMs), `G3.4: call ${call.wireId} is overdue in its time`)
  }
  must(pending.length <= server.calls.length, 'G9: what is pending was called by this server')
  const held = gate.holds.filter(({ name }) => name === 'tool-call').map(({ id }) => id)
  const blocking = pending.filter(({ name }) => facts.blocks(name)).map(({ id }) => id)
  must(
    JSON.stringify(held) === JSON.stringify(blocking),
    `G1, G2, G10: a hold for each pending call that blocks, and for no other: ${held} for ${blocking}`,
  )
  if (gate.holds.some(({ name }) => name === 'backpressure')) {
    must(nowMs - facts.pressedSinceMs < fullMs + pollMs, 'G3.7: a full transport holds the gate too long')
    must(
      facts.isFull || nowMs - facts.emptySinceMs < pollMs,
      'G3.7: a transport that is not full holds the gate',
    )
  }
  const isInTurn = server.turn !== undefined
  must(
    !server.heard.realtimeInput || gate.bracketOpen === isInTurn,
    'G4: the gate knows the bracket as the server does',
  )
  const isCaughtUp = gate.status === 'open' && !facts.isSignalRefused
  must(!isCaughtUp || gate.bracketOpen === facts.isSpeaking, 'G4: an open gate has sent every start and end')
}

function checkAccount(facts: Facts, { gate, preRoll }: LiveSessionSnapshot): void {
  let [drops, failed] = [preRoll?.dropped ?? 0, 0]
  for (const kind of kinds) {
    const { offered, sent, held, dropped } = gate.counters[kind]
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
    drops += lost
    failed += dropped.failed ?? 0
    must(
      offered === sent + held + lost,
      `G5: ${kind}: ${offered} offered, ${sent} sent, ${held} held, ${lost} dropped`,
    )
    must(sent === (facts.seen.get(kind) ?? 0), `G5: ${kind}: sent is what was seen`)
    const before = kind === 'audio' && preRoll ? preRoll.inputs + preRoll.dropped : 0
    const all = facts.offers.get(kind) ?? 0
    must(
      all === offered + before,
      `G5: ${kind}: of ${all} the gate had ${offered} and the pre-roll ${before}`,
    )
    must(facts.isOver || !dropped.closed, `G5: ${kind}: nothing is closed yet`)
  }
  must(drops === facts.drops, `G5: ${drops} were dropped, and ${facts.drops} reported`)
  must(failed <= facts.refusals, `G5: ${failed} failed, and ${facts.refusals} were refused`)
  must(gate.backlog.durationMs <= facts.policy.maxDurationMs, 'the backlog keeps its bound')
  must((preRoll?.durationMs ?? 0) <= facts.given.preRollMs, 'the pre-roll keeps its bound')
  const { failed: _, closed: __, ...others } = gate.counters.text.dropped
  must(Object.keys(others).length === 0, 'G5: no preset drops text')
}

/** Checks the order of everything that was sent (G6). */
export function checkOrder(facts: Facts): void {
  const passes = ({ kind }: Offer) => ruleOf(facts.policy, kind) === 'pass'
  const streams = [facts.wire.filter(passes), facts.wire.filter((offer) => !passes(offer))].flatMap(
    (stream) =>
      // Audio of the pre-roll leaves behind a start that was offered after it.
      facts.given.manual
        ? [stream.filter(({ kind }) => kind === 'audio'), stream.filter(({ kind }) => kind !== 'audio')]
        : [stream],
  )
  for (const stream of streams) {
    must(
      stream.every(({ order }, index) => index === 0 || order > (stream[index - 1]?.order ?? 0)),
      `G6: inputs leave in the order of their offers: ${stream.map(({ order }) => order)}`,
    )
  }
}
