import { test } from 'node:test'
import { LinkedServer, testTransport } from '@livegate/testkit'

const scenarios = testTransport({
  listen: () => new LinkedServer(),
  create: ({ session, server }) => server.connect(session),
  features: { signal: { missing: 'nobody aborts in memory' } },
})
for (const { title, skip, run } of scenarios) test(title, { skip }, run)
