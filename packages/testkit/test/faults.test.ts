import { expect, it } from 'vitest'
import { ConformanceError, LinkedServer, testTransport } from '../src/index.ts'
import { closingFaults } from './faults/closing.ts'
import type { Create } from './faults/faulty.ts'
import { loadFaults } from './faults/load.ts'
import { openingFaults } from './faults/opening.ts'
import { orderFaults } from './faults/order.ts'

const faults = [...openingFaults, ...orderFaults, ...closingFaults, ...loadFaults]

/** In memory everything arrives at once, but a scenario of many MiB takes its time on a busy machine. */
const limitMs = 1000

const listen = (): LinkedServer => new LinkedServer()
const right: Create = ({ session, server, signal }) => server.connect(session, { signal })
const ids = testTransport({ listen, create: right }).map(({ id }) => id)

it('has faults for every scenario, and for no other', () => {
  expect(new Set(faults.map(({ scenario }) => scenario))).toEqual(new Set(ids))
})

it.concurrent.each(faults)(
  '$scenario finds: $message',
  async ({ scenario: id, create, message, ...fault }) => {
    const scenario = testTransport({ listen, ...fault, create, limitMs }).find((each) => each.id === id)
    const failure: unknown = await scenario?.run().catch((error: unknown) => error)
    if (!(failure instanceof ConformanceError)) throw new Error(`${id} found nothing: ${failure}`)
    const said = failure.message.replaceAll(/sum \d+/g, 'sum 0')
    expect([failure.name, failure.scenario, said]).toEqual(['ConformanceError', id, message])
  },
)
