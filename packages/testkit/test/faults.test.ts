import { expect, it } from 'vitest'
import { ConformanceError, LinkedServer, testTransport } from '../src/index.ts'
import { closingFaults } from './faults/closing.ts'
import type { Create, Fault } from './faults/faulty.ts'
import { loadFaults } from './faults/load.ts'
import { openingFaults } from './faults/opening.ts'
import { orderFaults } from './faults/order.ts'
import { sendingFaults } from './faults/sending.ts'

const quickFaults = [...openingFaults, ...sendingFaults, ...orderFaults, ...closingFaults]

/** In memory everything arrives at once, but a busy machine takes its time. */
const limitMs = 2000

const listen = (): LinkedServer => new LinkedServer()
const right: Create = ({ session, server, signal }) => server.connect(session, { signal })
const ids = testTransport({ listen, create: right }).map(({ id }) => id)

it('has faults for every scenario, and for no other', () => {
  expect(new Set([...quickFaults, ...loadFaults].map(({ scenario }) => scenario))).toEqual(new Set(ids))
})

async function findsFault({ scenario: id, create, message, ...fault }: Fault): Promise<void> {
  const scenario = testTransport({ listen, ...fault, create, limitMs }).find((each) => each.id === id)
  const failure: unknown = await scenario?.run().catch((error: unknown) => error)
  if (!(failure instanceof ConformanceError)) throw new Error(`${id} found nothing: ${failure}`)
  const said = failure.message.replaceAll(/sum \d+/g, 'sum 0')
  expect([failure.name, failure.scenario, said]).toEqual(['ConformanceError', id, message])
}

it.concurrent.each(quickFaults)('$scenario finds: $message', findsFault)

// One by one: many MiB of one scenario would use up the time of the others.
it.each(loadFaults)('$scenario finds: $message', findsFault)
