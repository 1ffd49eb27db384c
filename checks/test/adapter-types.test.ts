import type {
  ConnectLiveOptions as BrowserOptions,
  MicrophoneOptions,
  SpeakerOptions,
} from '@livegate/browser'
import type { FunctionCall, FunctionResponse } from '@livegate/core'
import type { ServerMessage, Transport } from '@livegate/core/session'
import type { GateLiveOptions, ConnectLiveOptions as SdkOptions } from '@livegate/genai'
import type {
  ConnectionDeadlines,
  HoldBounds,
  LiveCallbacks,
  Tool,
  ConnectLiveOptions as WsOptions,
} from '@livegate/ws'
import { expect, expectTypeOf, it } from 'vitest'
import { read } from './files.ts'
import { type Compiler, GeneratedModules } from './generated-modules.ts'

/** The names that an adapter exports again from a module of core. */
function reexported(adapter: string, module: string): readonly string[] {
  const index = read(`packages/${adapter}/src/index.ts`)
  const [, names = ''] = new RegExp(`export \\{([^}]*)\\} from '${module}'`).exec(index) ?? []
  return names.match(/\w+(?=,)/g) ?? []
}

// Under pnpm a program can import core only if it installs it. What types a program meets is tested in packages/ws, by their use.
it.each<[adapter: string, module: string, without: readonly string[]]>([
  ['browser', '@livegate/core', []],
  ['browser', '@livegate/core/session', []],
  // Whoever has a key of Vertex is no page.
  ['browser', '@livegate/core/wire', ['vertexEndpoint']],
  // The SDK has types of its own for the wire and the setup.
  ['genai', '@livegate/core', ['FunctionCall', 'ToolCallMessage']],
  ['genai', '@livegate/core/session', ['Setup']],
])('%s exports what ws does of %s, without %j', (adapter, module, without) => {
  const ofWs = reexported('ws', module)
  expect(ofWs.length).toBeGreaterThan(5)
  expect(reexported(adapter, module)).toEqual(ofWs.filter((name) => !without.includes(name)))
})

/** The options that may be left out, each given as `undefined`: a program that has a value only sometimes writes it so. */
type Undefined<Options> = {
  readonly [name in keyof Options as object extends Pick<Options, name> ? name : never]: undefined
}

it('takes undefined for every option that may be left out', () => {
  expectTypeOf<Undefined<WsOptions>>().toExtend<Partial<WsOptions>>()
  expectTypeOf<Undefined<ConnectionDeadlines>>().toExtend<Partial<ConnectionDeadlines>>()
  expectTypeOf<Undefined<HoldBounds>>().toExtend<Partial<HoldBounds>>()
  expectTypeOf<Undefined<LiveCallbacks>>().toExtend<Partial<LiveCallbacks>>()
  expectTypeOf<Undefined<Tool>>().toExtend<Partial<Tool>>()
  expectTypeOf<Undefined<Transport>>().toExtend<Partial<Transport>>()
  expectTypeOf<Undefined<ServerMessage>>().toExtend<Partial<ServerMessage>>()
  expectTypeOf<Undefined<FunctionCall>>().toExtend<Partial<FunctionCall>>()
  // Without a `response`, a response by hand is refused.
  type HandResponse = Omit<FunctionResponse, 'response'>
  expectTypeOf<Undefined<HandResponse>>().toExtend<Partial<HandResponse>>()
  expectTypeOf<Undefined<SdkOptions>>().toExtend<Partial<SdkOptions>>()
  expectTypeOf<Undefined<GateLiveOptions>>().toExtend<Partial<GateLiveOptions>>()
  expectTypeOf<Undefined<BrowserOptions>>().toExtend<Partial<BrowserOptions>>()
  expectTypeOf<Undefined<MicrophoneOptions>>().toExtend<Partial<MicrophoneOptions>>()
  expectTypeOf<Undefined<SpeakerOptions>>().toExtend<Partial<SpeakerOptions>>()
})

/** A user's library that leaves the types of its exports to the compiler. A type that no entry exports cannot be named there. */
const code = `
import type { Session, Setup } from '@livegate/browser'
import type { LiveSession, StandardSchema } from '@livegate/core/session'
import type { connectLive } from '@livegate/genai'
import type { LiveConfig } from '@livegate/ws'

export const deadlines = (session: LiveSession) => session.snapshot().deadlines
export const limits = (session: Awaited<ReturnType<typeof connectLive>>) => session.snapshot().deadlines
export const resumed = (base: LiveConfig, handle: string) => ({ ...base, sessionResumption: { handle } })
export const detection = ({ realtimeInputConfig }: Setup) => realtimeInputConfig?.automaticActivityDetection
export const copy = ({ setup }: Session) => ({ ...setup })
export const check = (schema: StandardSchema<string>) => schema['~standard'].validate
`

it.each<Compiler>(['typescript', 'typescript-5'])(
  'can be named in the declarations of a library, by %s',
  async (compiler) => {
    const library = new GeneratedModules(`library-${compiler}`, [{ document: 'library', line: 1, code }])
    expect(await library.typeErrors(compiler, { declaration: true })).toEqual([])
  },
  70_000,
)

// A program for the browser has them from the DOM, and may have its compiler look into every declaration.
it('needs no types of Node', async () => {
  const names = ['browser', 'core/session', 'core/wire', 'emulator', 'testkit', 'ws'].map(
    (name) => `@livegate/${name}`,
  )
  const code = names.map((name, index) => `export type * as _${index} from '${name}'`).join('\n')
  const program = new GeneratedModules('without-node', [{ document: 'program', line: 1, code }])
  const options = { lib: ['es2023', 'dom'], types: [], skipLibCheck: false }
  expect(await program.typeErrors('typescript', options)).toEqual([])
}, 70_000)

it('needs nothing of the SDK that its first version in the peer range lacks', async () => {
  const program = new GeneratedModules('early-sdk', [
    { document: 'program', line: 1, code: "export type * from '@livegate/genai'" },
    {
      document: 'program',
      line: 1,
      file: 'sdk.ts',
      code: `
        import type { Session as Latest } from '@google/genai/node'
        export type * from '@google/genai/node'
        // As in 2.0 and 2.16.
        export type Session = Omit<Latest, 'sendContextUpdate'>
      `,
    },
  ])
  const paths = { '@google/genai': ['./program/sdk.ts'] }
  const errors = await program.typeErrors('typescript', { paths, skipLibCheck: false })
  // Those of the SDK and of what it needs are theirs.
  expect(errors.filter((error) => error.includes('packages/') || error.startsWith('program'))).toEqual([])
}, 70_000)
