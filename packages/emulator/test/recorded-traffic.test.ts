import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConnectionRequest } from '../src/connection-request.ts'
import type { EmulatorOptions } from '../src/index.ts'
import type { MessageName } from '../src/protocol/protocol.ts'
import { readMessage } from '../src/protocol/read-message.ts'
import { Bench } from './bench.ts'
import {
  findRecordings,
  type RecordedSession,
  recordedSessions,
  type SdkEvent,
  sdkEvents,
  shapeOf,
} from './recordings.ts'

const folder = findRecordings()

/** Recorded messages that the emulator does not send, by session and shape, with the reason. */
const serverDifferences: readonly (readonly [session: string, shape: string, reason: string])[] = [
  [
    'ML_Dev_should_send_tool_response',
    '.serverContent.modelTurn.parts[].executableCode.language: string, .serverContent.modelTurn.parts[].executableCode.code: string',
    'a model that is no longer served wrote code to call a function; native audio models call it',
  ],
  ...[
    'Vertex_should_return_error_for_invalid_input_in_async_session',
    'Vertex_should_send_tool_response_with_function_responses',
  ].map(
    (session) =>
      [
        session,
        '.serverContent.modelTurn.role: string, .serverContent.modelTurn.parts[].inlineData.mimeType: string, .serverContent.modelTurn.parts[].inlineData.data: string',
        'gemini-2.0-flash-live spoke about a response to a call that it never made; the emulator takes it as a foreign id',
      ] as const,
  ),
]

/** Messages of the emulator that were not recorded from the same API, with the reason. */
const unrecorded: readonly (readonly [api: string, shape: string, reason: string])[] = [
  [
    'live_Vertex',
    '.serverContent.outputTranscription.finished: boolean',
    'these sessions were left before the end of a turn; seen in those that pydantic-ai recorded',
  ],
  [
    'live_Vertex',
    [
      '.serverContent.turnComplete: boolean',
      '.serverContent.groundingMetadata: {}',
      '.usageMetadata.promptTokenCount: number',
      '.usageMetadata.candidatesTokenCount: number',
      '.usageMetadata.totalTokenCount: number',
      '.usageMetadata.promptTokensDetails[].modality: string',
      '.usageMetadata.promptTokensDetails[].tokenCount: number',
      '.usageMetadata.candidatesTokensDetails[].modality: string',
      '.usageMetadata.candidatesTokensDetails[].tokenCount: number',
    ].join(', '),
    'likewise',
  ],
  [
    'live_ML_Dev',
    '.serverContent.modelTurn.parts[].inlineData.mimeType: string, .serverContent.modelTurn.parts[].inlineData.data: string',
    'these sessions were left before any audio came; seen in those that pydantic-ai recorded',
  ],
]

/** Problems that strict reading finds in recorded client messages, with the reason. */
const clientProblems: readonly (readonly [problem: string, reason: string])[] = [
  ['realtimeInput.audio.data is not base64', 'the SDK passes a Uint8Array on as an object of numbers'],
  ['realtimeInput.audio.foo is not a field of the protocol', 'the SDK passes on what it is given'],
  [
    'clientContent.turns[0].parts[0].weird is not a field of the protocol',
    'the SDK passes on what it is given',
  ],
]

describe('recorded traffic', () => {
  let sessions: readonly RecordedSession[] = []
  let events: readonly SdkEvent[] = []

  beforeAll(() => {
    if (folder === undefined) return
    sessions = recordedSessions(folder)
    events = sdkEvents(folder)
  })

  beforeEach(({ skip }) => {
    if (folder === undefined) skip('there are no recordings: set LIVEGATE_RECORDINGS')
  })

  /** Reads a frame strictly. Returns the problem, or undefined if there is none. */
  function problemOf(name: MessageName, frame: string): string | undefined {
    try {
      readMessage(name, JSON.parse(frame), { strict: true })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  const shapesIn = (frames: readonly string[]): readonly string[] =>
    frames
      .map((frame) => shapeOf(JSON.parse(frame)).join(', '))
      .filter((shape, index, all) => shape !== all[index - 1])

  /** Replays the client of a recorded session, and returns the emulator's frames. */
  function framesFor({ name, messages }: RecordedSession): readonly string[] {
    const sent = messages.filter((message) => message.from === 'client').map(({ text }) => text)
    const script: EmulatorOptions['script'] = sent[0]?.includes('functionDeclarations')
      ? [{ call: [{ name: 'get_current_weather', args: { location: 'Redmond, WA' } }] }]
      : [{ say: 'We could talk about anything you like.' }]
    const bench = new Bench({ profile: name.startsWith('live_Vertex') ? 'vertex' : 'gemini-2.5', script })
    for (const frame of sent) bench.session.receive(frame)
    // A recorded question is one message without trailing silence.
    if (
      sent.some((frame) => /"(audio|mediaChunks)"/.test(frame)) &&
      !sent.some((frame) => frame.includes('activityEnd'))
    )
      bench.session.receive('{"realtimeInput":{"audioStreamEnd":true}}')
    bench.wait(60_000)
    return bench.frames
  }

  it('of servers equals what the emulator sends in the same situation, in order, except for known differences', () => {
    const differences = sessions.flatMap((recorded) => {
      const name = recorded.name.replace(/^live_|\.websocket\.log$/g, '')
      const emulated = shapesIn(framesFor(recorded))
      let at = 0
      return shapesIn(
        recorded.messages.filter(({ from }) => from === 'server').map(({ text }) => text),
      ).flatMap((shape) => {
        const found = emulated.indexOf(shape, at)
        if (found >= 0) at = found
        return found >= 0 ? [] : [`${name}: ${shape}`]
      })
    })
    expect(differences).toEqual(serverDifferences.map(([session, shape]) => `${session}: ${shape}`))
  })

  it('of servers contains every frame that the emulator sends in these situations, except for known ones', () => {
    const invented = ['live_Vertex', 'live_ML_Dev'].flatMap((api) => {
      const ofApi = sessions.filter(({ name }) => name.startsWith(api))
      const recorded = new Set(
        ofApi.flatMap(({ messages }) =>
          shapesIn(messages.filter(({ from }) => from === 'server').map(({ text }) => text)),
        ),
      )
      const emulated = new Set(ofApi.flatMap((session) => shapesIn(framesFor(session))))
      return [...emulated].filter((shape) => !recorded.has(shape)).map((shape) => `${api}: ${shape}`)
    })
    expect(invented).toEqual(unrecorded.map(([api, shape]) => `${api}: ${shape}`))
  })

  it('of servers is read by the protocol without a problem', () => {
    const frames = [
      ...sessions.flatMap(({ messages }) =>
        messages.filter(({ from }) => from === 'server').map(({ text }) => text),
      ),
      ...events.flatMap((event) => (event.dir === 's2c' ? [event.frame] : [])),
    ]
    expect(frames).toHaveLength(60)
    expect(frames.map((frame) => problemOf('ServerMessage', frame)).filter(Boolean)).toEqual([])
  })

  it('of clients is read by the protocol, except for known problems', () => {
    const frames = [
      ...sessions.flatMap(({ messages }) =>
        messages.filter(({ from }) => from === 'client').map(({ text }) => text),
      ),
      ...events.flatMap((event) => (event.dir === 'c2s' ? [event.frame] : [])),
    ]
    expect(frames).toHaveLength(119)
    const problems = frames.map((frame) => problemOf('ClientMessage', frame)).filter(Boolean)
    expect([...new Set(problems)]).toEqual(clientProblems.map(([problem]) => problem))
  })

  it('of all clients requests its connection in a known way, unless the SDK used the base URL unchanged', () => {
    const asked = events.flatMap((event) => {
      if (event.dir !== 'handshake') return []
      const headers = Object.fromEntries(
        event.rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name.toLowerCase(), event.rawHeaders[index + 1]]] : [],
        ),
      )
      const request = readConnectionRequest({ url: event.url, headers })
      const { api, version, constrained, credential } = request ?? {}
      return [
        `${event.scenario}: ${request ? `${api} ${version}${constrained ? ' constrained' : ''}, ${credential}` : 404}`,
      ]
    })
    expect([...new Set(asked)]).toEqual([
      'mldev-minimal: gemini v1, key',
      'mldev-v1beta-full: gemini v1beta, key',
      'mldev-v1alpha-trailing-slash+path: gemini v1alpha, key',
      'mldev-path-noslash: gemini v1, key',
      'mldev-ephemeral: gemini v1alpha constrained, token',
      'mldev-deprecated-generationConfig: gemini v1, key',
      'vertex-oauth-minimal: vertex v1beta1, bearer',
      'vertex-oauth-full: vertex v1beta1, bearer',
      'vertex-express-apikey: vertex v1beta1, key',
      'vertex-custombase-noauth: 404',
      'sdk-config-errors: gemini v1, key',
      'sdk-config-errors: vertex v1beta1, bearer',
      'python-genai-2.25.0: gemini v1beta, key',
      'python-genai-2.25.0: gemini v1alpha constrained, token',
      'python-genai-2.25.0: vertex v1beta1, bearer',
      'chromium:web-build: gemini v1, key',
    ])
  })
})
