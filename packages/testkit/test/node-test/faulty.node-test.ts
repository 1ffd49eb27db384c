import { test } from 'node:test'
import { LinkedServer, testTransport } from '@livegate/testkit'

const scenarios = testTransport({
  listen: () => new LinkedServer(),
  // Ignores the signal, without listing it as a missing feature.
  create: ({ session, server }) => server.connect(session),
  limitMs: 1000,
})
for (const { title, skip, run } of scenarios) test(title, { skip }, run)
