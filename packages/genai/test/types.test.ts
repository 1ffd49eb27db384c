import { expectTypeOf, it } from 'vitest'
import type {
  CallBehavior,
  CallId,
  CloseReport,
  ConnectLiveEvent,
  ConnectLiveOptions,
  DropReason,
  EventOf,
  FunctionResponse,
  GatedSession,
  GateLiveOptions,
  Hold,
  HoldName,
  InputGate,
  InputKind,
  LivegateError,
  LivegateErrorCode,
  LiveSessionSnapshot,
  Settlement,
  Tool,
  ToolCall,
  ToolCallTracker,
  ToolResponseReport,
} from '../src/index.ts'

// Under pnpm a program can import core only if it installs it. So whatever type of core a program meets must have a name here:
// otherwise it can neither write the type down nor emit a declaration in which TypeScript would.

type Event<Type extends ConnectLiveEvent['type']> = Extract<ConnectLiveEvent, { type: Type }>

it('names the types of what a session has, takes and returns', () => {
  expectTypeOf<GatedSession['gate']>().toEqualTypeOf<InputGate>()
  expectTypeOf<GatedSession['calls']>().toEqualTypeOf<ToolCallTracker>()
  expectTypeOf<ReturnType<GatedSession['snapshot']>>().toEqualTypeOf<LiveSessionSnapshot>()
  expectTypeOf<ReturnType<InputGate['hold']>>().toEqualTypeOf<Hold>()
  expectTypeOf<ToolCallTracker['pending'][number]>().toEqualTypeOf<ToolCall>()
  expectTypeOf<ToolCall['id']>().toEqualTypeOf<CallId>()
  expectTypeOf<NonNullable<Tool['behavior']>>().toEqualTypeOf<CallBehavior>()
  expectTypeOf<Parameters<ToolCallTracker['match']>[0]>().toEqualTypeOf<readonly FunctionResponse[]>()
  expectTypeOf<ToolResponseReport['sent']>().toEqualTypeOf<readonly CallId[]>()
})

it('names the types of what is reported', () => {
  expectTypeOf<EventOf<'session-closed'>['report']>().toEqualTypeOf<CloseReport>()
  expectTypeOf<Event<'call-settled'>['as']>().toEqualTypeOf<Settlement>()
  expectTypeOf<Event<'input-dropped'>['kind']>().toEqualTypeOf<InputKind>()
  expectTypeOf<Event<'input-dropped'>['reason']>().toEqualTypeOf<DropReason>()
  expectTypeOf<Event<'gate-shut'>['hold']>().toEqualTypeOf<HoldName>()
  expectTypeOf<LivegateError['code']>().toEqualTypeOf<LivegateErrorCode>()
})

/** The options that may be left out, each given as `undefined`: a program that has a value only sometimes writes it so. */
type Undefined<Options> = {
  readonly [name in keyof Options as object extends Pick<Options, name> ? name : never]: undefined
}

it('takes undefined for every option that may be left out', () => {
  expectTypeOf<Undefined<ConnectLiveOptions>>().toExtend<Partial<ConnectLiveOptions>>()
  expectTypeOf<Undefined<GateLiveOptions>>().toExtend<Partial<GateLiveOptions>>()
})
