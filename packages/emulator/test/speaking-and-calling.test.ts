import { describe, expect, it } from 'vitest'
import type { EmulatorOptions, Reply } from '../src/index.ts'
import { activityStart, answer, audio, Bench, manualMode, setup, silence, text } from './bench.ts'

// 19 messages of audio, one each 20 ms, that play for 1.84 s.
const say = 'One moment, I am looking it up now.'
const script: readonly Reply[] = [{ say, call: [{ name: 'get_weather' }], thenSay: 'Hm.' }, { silent: true }]
const declared = (behavior: string) => ({
  tools: [{ functionDeclarations: [{ name: 'get_weather', behavior }] }],
})

/** What the server did, without times and amounts of audio. */
const kinds = (bench: Bench) =>
  bench.seen().map((line) => line.replace(/^[\d.]+ /, '').replace(/^audio: .*/, 'audio'))

const usagesOf = ({ session }: Bench) =>
  session.log.flatMap((entry) =>
    entry.kind === 'sent' && entry.message.type === 'turnComplete' ? [entry.message.usage.response] : [],
  )

function started(options: Partial<EmulatorOptions> = {}, more: object = {}): Bench {
  const bench = new Bench({ script, ...options }).send(setup(more))
  bench.seen()
  return bench.send(text('Hello'))
}

describe('speech beside a call', () => {
  it.each([
    ['alone', [], ''],
    ['with one that does not block', [{ name: 'f' }], ', function-call-2 f({})'],
  ])(
    'goes on behind a blocking call, and the turn ends with the speech about the answer: %s',
    (_, others, sent) => {
      const call = [...others, { name: 'get_weather' }].reverse()
      const tools = [{ functionDeclarations: [{ name: 'f', behavior: 'NON_BLOCKING' }] }]
      const bench = started({ script: [{ say, call, thenSay: 'Hm.' }] }, { tools }).wait(5000)
      expect(kinds(bench)).toEqual(['audio', `toolCall function-call-1 get_weather({})${sent}`, 'audio'])
      bench.send(answer('function-call-1')).wait(1000)
      expect(kinds(bench)).toEqual(['audio', 'generationComplete', 'turnComplete'])
      expect([bench.session.closed, bench.clock.pendingTimers]).toEqual([undefined, 0])
    },
  )

  it.each<[string, (bench: Bench) => unknown]>([
    ['alone', () => {}],
    ['and another call that stops it', (bench) => bench.session.callTools([{ name: 'get_weather' }])],
  ])('is counted in the usage of its turn: %s', (_case, act) => {
    const bench = started().wait(5000)
    act(bench)
    bench.send(answer('function-call-1', 'function-call-2')).wait(1000)
    const spoken = (35 + 'Hm.'.length) / 48
    const calls = bench.frames.join('').split('"toolCall"').length - 1
    expect(usagesOf(bench)).toEqual([
      {
        TEXT: Math.ceil((calls * 'get_weather{}'.length) / 4),
        AUDIO: Math.ceil((spoken * 60_573 * 25) / 24_000),
      },
    ])
  })

  it('has the call in its middle, and ends before the model speaks about an answer that comes meanwhile', () => {
    const bench = started().wait(250).send(answer('function-call-1')).wait(5000)
    const lines = bench.seen()
    const times = lines.map((line) => Number.parseFloat(line))
    expect(lines.map((line) => line.split(/[ :]/)[1])).toEqual([
      'audio',
      'toolCall',
      'audio',
      'generationComplete',
      'turnComplete',
    ])
    expect(times.slice(0, 3)).toEqual([0, 180, 200])
    // The playback of the first speech lasts until then.
    expect(times[3]).toBeGreaterThan(1800)
  })

  it.each<[string, Partial<EmulatorOptions>, string, readonly string[]]>([
    ['that does not block', {}, 'NON_BLOCKING', ['audio', 'toolCall', 'audio']],
    ['that ends its turn', { profile: 'vertex' }, 'BLOCKING', ['audio', 'toolCall', 'audio']],
    ['behind its only message', { audioMessageMs: 5000 }, 'NON_BLOCKING', ['audio', 'toolCall']],
  ])('ends its turn with a call %s', (_case, options, behavior, messages) => {
    const bench = started(options, declared(behavior))
    const { log } = bench.wait(5000).session
    const sent = log.flatMap((entry) => (entry.kind === 'sent' ? [entry.message.type] : []))
    expect(sent.filter((type, at) => type !== sent[at - 1])).toEqual([
      'setupComplete',
      ...messages,
      'generationComplete',
      'turnComplete',
    ])
  })

  it('is interrupted by a response with INTERRUPT to a call that does not block', () => {
    const bench = started({}, declared('NON_BLOCKING')).wait(600)
    bench.seen()
    const response = { id: 'function-call-1', name: 'get_weather', response: {}, scheduling: 'INTERRUPT' }
    bench.send({ toolResponse: { functionResponses: [response] } }).wait(1000)
    expect(kinds(bench)).toEqual([
      'interrupted',
      'turnComplete',
      'audio',
      'generationComplete',
      'turnComplete',
    ])
  })

  it('that the user interrupts before the call has none', () => {
    const bench = started({}, manualMode).wait(100).send(activityStart).wait(5000)
    expect(kinds(bench)).toEqual(['audio', 'interrupted', 'turnComplete'])
  })

  it('that the user interrupts behind the call ends its turn, and the cancellation of the call ends no other', () => {
    const bench = started({ profile: 'gemini-3.1' }, manualMode).wait(300)
    bench.seen()
    bench.send(activityStart).wait(5000)
    expect(kinds(bench).filter((line) => !line.includes('{'))).toEqual([
      'interrupted',
      'turnComplete',
      'toolCallCancellation fc_1',
    ])
  })

  it('ends when input cancels the call', () => {
    const bench = started({ inputDuringCall: { action: 'cancel', on: 'input', afterMs: 0 } }).wait(300)
    bench.seen()
    bench.send(audio(silence(20))).wait(5000)
    expect(kinds(bench)).toEqual(['interrupted', 'toolCallCancellation function-call-1', 'turnComplete'])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('is stopped by another blocking call, which is part of the same turn', () => {
    const bench = started().wait(5000)
    bench.seen()
    bench.session.callTools([{ name: 'get_time' }])
    bench.send(answer('function-call-1')).wait(1000)
    expect(kinds(bench)).toEqual(['toolCall function-call-2 get_time({})'])
  })
})

describe('a thought', () => {
  const thought = '**Choosing a Sound**\n\nIt should be short.'
  const thinking: readonly Reply[] = [{ say: 'Hm.', thought }]
  const include = (includeThoughts: boolean) => ({
    generationConfig: { thinkingConfig: { includeThoughts } },
  })

  it.each<[string, NonNullable<EmulatorOptions['profile']>, object, boolean]>([
    ['comes first in a turn', 'gemini-2.5', {}, true],
    ['comes if the client asks for thoughts', 'gemini-2.5', include(true), true],
    ['is only counted if the client wants none', 'gemini-2.5', include(false), false],
    ['is only counted on 3.8', 'gemini-3.8', {}, false],
    ['is only counted on Vertex AI', 'vertex', {}, false],
  ])('%s', (_case, profile, more, comes) => {
    const bench = new Bench({ profile, script: thinking }).send(
      setup({ outputAudioTranscription: {}, ...more }),
      text('Hello'),
    )
    bench.wait(1000)
    const frames = bench.frames.map((frame) => JSON.parse(frame))
    const thoughts = frames.flatMap((frame, at) =>
      frame.serverContent?.modelTurn?.parts[0].thought ? [[at, frame]] : [],
    )
    const part = { text: thought, thought: true }
    expect(thoughts).toEqual(comes ? [[1, { serverContent: { modelTurn: { parts: [part] } } }]] : [])
    const { usageMetadata } = frames.find((frame) => frame.serverContent?.turnComplete)
    expect(usageMetadata).toMatchObject({
      promptTokenCount: 2,
      [profile === 'vertex' ? 'candidatesTokenCount' : 'responseTokenCount']: 4,
      totalTokenCount: 6,
      thoughtsTokenCount: 11,
    })
  })

  it.each<[string, Reply, string]>([
    ['a toolCall', { thought, call: [{ name: 'get_weather' }] }, 'toolCall'],
    ['speech with a toolCall', { thought, say, call: [{ name: 'get_weather' }] }, 'modelTurn'],
  ])('comes before %s, and counts', (_case, reply, next) => {
    const bench = new Bench({ script: [reply] }).send(setup(), text('Hello')).wait(5000)
    bench.send(answer('function-call-1')).wait(5000)
    const [, first, second, ...others] = bench.frames.map((frame) => JSON.parse(frame))
    expect(first).toEqual({ serverContent: { modelTurn: { parts: [{ text: thought, thought: true }] } } })
    expect(Object.keys(second.serverContent ?? second)).toEqual([next])
    expect(others.at(-1).usageMetadata).toMatchObject({ thoughtsTokenCount: 11 })
  })
})
