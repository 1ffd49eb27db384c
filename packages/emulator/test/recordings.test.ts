import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { samplesOfPcm } from '../src/pcm.ts'
import { profileNamed } from '../src/profile.ts'
import { framesOf, type ServerMessage } from '../src/server-frames.ts'
import { VoiceActivityDetector } from '../src/voice-activity.ts'
import { Bench } from './bench.ts'
import { findRecordings, type RecordedSession, recordedSessions, shapeOf } from './recordings.ts'

const folder = findRecordings()

const frameOf = (message: ServerMessage) => framesOf([message], profileNamed('gemini-2.5')).join()

describe('against sessions with real servers', () => {
  let sessions: readonly RecordedSession[] = []

  beforeAll(() => {
    if (folder !== undefined) sessions = recordedSessions(folder)
  })

  beforeEach(({ skip }) => {
    if (folder === undefined) skip('there are no recordings: set LIVEGATE_RECORDINGS')
  })

  const geminiApi = () => sessions.filter((session) => session.name.startsWith('live_ML_Dev'))
  const framesOf = (of: readonly RecordedSession[]) =>
    of.flatMap((session) =>
      session.messages.filter((message) => message.from === 'server').map(({ text }) => text),
    )

  const usage = { prompt: { TEXT: 2, AUDIO: 1 }, response: { TEXT: 3, AUDIO: 0 } }
  const cases: readonly [string, ServerMessage, number][] = [
    ['setupComplete', { type: 'setupComplete' }, 10],
    [
      'toolCall',
      { type: 'toolCall', calls: [{ name: 'f', args: { location: 'x' }, id: 'function-call-1' }] },
      1,
    ],
    ['transcript', { type: 'transcript', text: 'Hello' }, 3],
    ['generationComplete', { type: 'generationComplete' }, 2],
    ['turnComplete', { type: 'turnComplete', usage }, 2],
  ]

  it.each(cases)('the frame of %s has a recorded shape', (_name, message, times) => {
    const ours = shapeOf(JSON.parse(frameOf(message)))
    const sameShape = framesOf(geminiApi()).filter(
      (frame) => JSON.stringify(shapeOf(JSON.parse(frame))) === JSON.stringify(ours),
    )
    expect(sameShape).toHaveLength(times)
  })

  it('the frame of audio has the shape recorded on Vertex AI, without its role', () => {
    const ours = shapeOf(JSON.parse(frameOf({ type: 'audio', samples: new Int16Array(2) })))
    const recorded = framesOf(sessions)
      .filter((frame) => frame.includes('"inlineData"'))
      .map((frame) =>
        shapeOf(JSON.parse(frame)).filter((leaf) => leaf !== '.serverContent.modelTurn.role: string'),
      )
    expect(recorded.length).toBeGreaterThan(5)
    expect(new Set(recorded.map((shape) => shape.join()))).toEqual(new Set([ours.join()]))
  })

  it('a frame is laid out as recorded', () => {
    expect(framesOf(geminiApi()).map((frame) => frame.trimEnd())).toContain(
      frameOf({ type: 'generationComplete' }).trimEnd(),
    )
  })

  it('the messages of the clients are understood, and close no session', () => {
    const outcome = sessions.map(({ name, messages }) => {
      const bench = new Bench()
      for (const message of messages) if (message.from === 'client') bench.session.receive(message.text)
      const { turns, closed, toolResponses } = bench.session
      return [
        name.replace(/^live_|\.websocket\.log$/g, ''),
        turns.map(({ source, endMs }) => `${source}${endMs === undefined ? ', open' : ''}`).join(),
        toolResponses.map(({ idWas }) => idWas).join(),
        closed,
      ]
    })
    expect(outcome).toEqual([
      ['ML_Dev_handle_activity_start_and_end', 'brackets', '', undefined],
      [
        'ML_Dev_should_receive_transcription_in_async_session_with_transcription_enabled',
        'clientContent',
        '',
        undefined,
      ],
      ['ML_Dev_should_reply_to_realtime_audio_input', 'speech', '', undefined],
      ['ML_Dev_should_reply_to_realtime_text_input', 'text', '', undefined],
      ['ML_Dev_should_respond_to_realtime_media-audio_input', 'speech', '', undefined],
      ['ML_Dev_should_return_error_for_invalid_input_in_async_session', '', '', undefined],
      ['ML_Dev_should_send_content_dict_in_async_session', 'clientContent', '', undefined],
      ['ML_Dev_should_send_text_in_async_session', 'clientContent', '', undefined],
      ['ML_Dev_should_send_tool_response', 'clientContent', '', undefined],
      ['ML_Dev_should_send_tool_response_with_function_responses', '', 'unknown', undefined],
      ['Vertex_should_initialize_session_with_publishers_prefix', '', '', undefined],
      ['Vertex_should_initialize_session_without_prefix', '', '', undefined],
      [
        'Vertex_should_receive_transcription_in_async_session_with_transcription_enabled',
        'clientContent',
        '',
        undefined,
      ],
      ['Vertex_should_respond_to_realtime_media-audio_input', 'speech', '', undefined],
      ['Vertex_should_return_error_for_invalid_input_in_async_session', '', 'unknown', undefined],
      ['Vertex_should_send_content_dict_in_async_session', 'clientContent', '', undefined],
      ['Vertex_should_send_text_in_async_session', 'clientContent', '', undefined],
      ['Vertex_should_send_tool_response', 'clientContent', '', undefined],
      ['Vertex_should_send_tool_response_with_function_responses', '', 'unknown', undefined],
    ])
  })

  it('a recorded voice with room noise is detected from its first word to half a second after its last', () => {
    // The first loud window has index 66, the last one 107. 25 quiet windows are half a second.
    const window = 320
    const samples = samplesOfPcm(readFileSync(join(folder ?? '', 'js-genai', 'hello_are_you_there.pcm')))
    expect(new VoiceActivityDetector().push(samples, 16_000)).toEqual([
      { type: 'speech-started', atSample: 66 * window },
      { type: 'speech-ended', atSample: (108 + 25) * window },
    ])
  })
})
