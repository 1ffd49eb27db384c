import { expectTypeOf, it } from 'vitest'
import type {
  CallBehavior,
  CallId,
  CloseReport,
  ConnectLiveEvent,
  Deadlines,
  DropReason,
  EventOf,
  FunctionCall,
  FunctionResponse,
  Hold,
  HoldName,
  InputGate,
  InputKind,
  LiveContextUpdate,
  LivegateError,
  LivegateErrorCode,
  LiveInput,
  LiveServerMessage,
  LiveSessionSnapshot,
  MediaSource,
  ServerContent,
  ServerPart,
  Session,
  Settlement,
  Setup,
  Tool,
  ToolCall,
  ToolCallTracker,
  Transcription,
} from '../src/index.ts'

// Under pnpm a program can import core only if it installs it. So whatever type a program meets must have a name here: otherwise
// it can neither write the type down nor emit a declaration in which TypeScript would.

type Event<Type extends ConnectLiveEvent['type']> = Extract<ConnectLiveEvent, { type: Type }>

it('names the types of what a session has and returns', () => {
  expectTypeOf<Session['gate']>().toEqualTypeOf<InputGate>()
  expectTypeOf<Session['calls']>().toEqualTypeOf<ToolCallTracker>()
  expectTypeOf<Session['setup']>().toEqualTypeOf<Setup>()
  expectTypeOf<ReturnType<Session['snapshot']>>().toEqualTypeOf<LiveSessionSnapshot>()
  expectTypeOf<keyof LiveSessionSnapshot['deadlines']>().toEqualTypeOf<keyof Deadlines>()
  expectTypeOf<ReturnType<InputGate['hold']>>().toEqualTypeOf<Hold>()
  expectTypeOf<ToolCallTracker['pending'][number]>().toEqualTypeOf<ToolCall>()
  expectTypeOf<ToolCall['id']>().toEqualTypeOf<CallId>()
})

it('names the types of what a session takes', () => {
  type Responses = Parameters<Session['sendToolResponse']>[0]['functionResponses']
  expectTypeOf<Responses>().toEqualTypeOf<FunctionResponse | readonly FunctionResponse[]>()
  expectTypeOf<Parameters<Session['sendContextUpdate']>[0]>().toEqualTypeOf<LiveContextUpdate>()
  expectTypeOf<NonNullable<LiveInput['video']>>().toEqualTypeOf<MediaSource>()
  expectTypeOf<NonNullable<Tool['behavior']>>().toEqualTypeOf<CallBehavior>()
})

it('names the types of what is reported', () => {
  expectTypeOf<EventOf<'session-closed'>['report']>().toEqualTypeOf<CloseReport>()
  expectTypeOf<Event<'call-settled'>['as']>().toEqualTypeOf<Settlement>()
  expectTypeOf<Event<'input-dropped'>['kind']>().toEqualTypeOf<InputKind>()
  expectTypeOf<Event<'input-dropped'>['reason']>().toEqualTypeOf<DropReason>()
  expectTypeOf<Event<'gate-shut'>['hold']>().toEqualTypeOf<HoldName>()
  expectTypeOf<LivegateError['code']>().toEqualTypeOf<LivegateErrorCode>()
})

it('names the types of what the server says', () => {
  expectTypeOf<NonNullable<LiveServerMessage['serverContent']>>().toEqualTypeOf<ServerContent>()
  type Parts = NonNullable<NonNullable<ServerContent['modelTurn']>['parts']>
  expectTypeOf<Parts[number]>().toEqualTypeOf<ServerPart>()
  expectTypeOf<NonNullable<ServerContent['inputTranscription']>>().toEqualTypeOf<Transcription>()
  type Calls = NonNullable<NonNullable<LiveServerMessage['toolCall']>['functionCalls']>
  expectTypeOf<Calls[number]>().toEqualTypeOf<FunctionCall>()
})
