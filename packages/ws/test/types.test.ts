import { expectTypeOf, it } from 'vitest'
import type {
  BacklogSize,
  CallBehavior,
  CallId,
  ClientContent,
  CloseReport,
  ConnectLiveEvent,
  ContentSource,
  Deadlines,
  DropReason,
  EventOf,
  FrameKind,
  FunctionCall,
  FunctionResponse,
  GateSnapshot,
  Hold,
  HoldName,
  InputCounters,
  InputGate,
  InputKind,
  InputPolicy,
  InputRule,
  LiveContextUpdate,
  LivegateError,
  LivegateErrorCode,
  LiveInput,
  LiveServerMessage,
  LiveSessionSnapshot,
  MatchedResponses,
  MediaSource,
  PendingCallSnapshot,
  PreRollSnapshot,
  RealtimeInput,
  SentFrame,
  ServerContent,
  ServerPart,
  Session,
  Settlement,
  Setup,
  Tool,
  ToolCall,
  ToolCallMessage,
  ToolCallTracker,
  TrackerSnapshot,
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
  expectTypeOf<LiveSessionSnapshot['pending'][number]>().toEqualTypeOf<PendingCallSnapshot>()
  expectTypeOf<NonNullable<LiveSessionSnapshot['preRoll']>>().toEqualTypeOf<PreRollSnapshot>()
  expectTypeOf<ReturnType<InputGate['hold']>>().toEqualTypeOf<Hold>()
  expectTypeOf<ReturnType<InputGate['snapshot']>>().toEqualTypeOf<GateSnapshot>()
  expectTypeOf<GateSnapshot['counters']['audio']>().toEqualTypeOf<InputCounters>()
  expectTypeOf<GateSnapshot['backlog']>().toEqualTypeOf<BacklogSize>()
  expectTypeOf<ReturnType<ToolCallTracker['match']>>().toEqualTypeOf<MatchedResponses>()
  expectTypeOf<ReturnType<ToolCallTracker['snapshot']>>().toEqualTypeOf<TrackerSnapshot>()
  expectTypeOf<ToolCallTracker['pending'][number]>().toEqualTypeOf<ToolCall>()
  expectTypeOf<ToolCall['id']>().toEqualTypeOf<CallId>()
})

it('names the types of what a session takes', () => {
  type Responses = Parameters<Session['sendToolResponse']>[0]['functionResponses']
  expectTypeOf<Responses>().toEqualTypeOf<FunctionResponse | readonly FunctionResponse[]>()
  expectTypeOf<Parameters<Session['sendContextUpdate']>[0]>().toEqualTypeOf<LiveContextUpdate>()
  expectTypeOf<NonNullable<ClientContent['turns']>>().toEqualTypeOf<ContentSource>()
  expectTypeOf<Parameters<InputGate['offer']>[0]>().toEqualTypeOf<RealtimeInput>()
  expectTypeOf<InputPolicy['audio']>().toEqualTypeOf<InputRule>()
  expectTypeOf<NonNullable<LiveInput['video']>>().toEqualTypeOf<MediaSource>()
  expectTypeOf<NonNullable<Tool['behavior']>>().toEqualTypeOf<CallBehavior>()
})

it('names the types of what is reported', () => {
  expectTypeOf<EventOf<'session-closed'>['report']>().toEqualTypeOf<CloseReport>()
  expectTypeOf<CloseReport['tail'][number]>().toEqualTypeOf<SentFrame>()
  expectTypeOf<SentFrame['kind']>().toEqualTypeOf<FrameKind>()
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
  expectTypeOf<NonNullable<LiveServerMessage['toolCall']>>().toEqualTypeOf<ToolCallMessage>()
  type Calls = NonNullable<ToolCallMessage['functionCalls']>
  expectTypeOf<Calls[number]>().toEqualTypeOf<FunctionCall>()
})
