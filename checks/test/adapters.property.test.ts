import { testAdapter } from './adapter-suite.ts'
import { adapters } from './adapters.ts'

for (const [name, connect] of adapters) testAdapter(name, connect)
