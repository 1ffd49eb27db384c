import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFrame } from '@livegate/core/wire'
import { describe, expect, it } from 'vitest'

/** LIVEGATE_RECORDINGS, or `shared/recordings` in a parent folder. The recordings are not part of the repository. */
function findRecordings(): string | undefined {
  const given = process.env.LIVEGATE_RECORDINGS
  if (given !== undefined) return given === 'none' ? undefined : given
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'shared/recordings'))) {
    if (folder === dirname(folder)) {
      if (process.env.CI)
        throw new Error('no recordings: set LIVEGATE_RECORDINGS to their folder, or to none')
      return undefined
    }
    folder = dirname(folder)
  }
  return join(folder, 'shared/recordings')
}

const recordings = findRecordings()

/** Every recorded frame, from servers and from clients. */
function* framesIn(folder: string): Generator<string> {
  const sessions = join(folder, 'js-genai')
  for (const name of readdirSync(sessions).filter((each) => each.endsWith('.websocket.log'))) {
    const log = readFileSync(join(sessions, name), 'utf8')
    yield* log.split(/^[<>]\d+ (?=\{)/m).slice(1)
  }
  for (const line of readFileSync(join(folder, 'sdk-frames.jsonl'), 'utf8').split('\n')) {
    const { frame } = JSON.parse(line || '{}')
    if (typeof frame === 'string') yield frame
  }
}

/** A frame parsed as a whole, with its media decoded by Node. */
function expected(frame: string): object {
  const message = JSON.parse(frame)
  for (const { inlineData } of message.serverContent?.modelTurn?.parts ?? []) {
    if (inlineData) inlineData.data = Buffer.from(inlineData.data, 'base64')
  }
  return { message }
}

describe.runIf(recordings)('recorded frames', () => {
  it('G12: are read by the fast path as by a whole parse, from text and from bytes', () => {
    let count = 0
    let media = 0
    for (const frame of framesIn(recordings ?? '')) {
      count++
      if (/"[a-z]+_[a-z]+"\s*:/.test(frame)) {
        expect(readFrame(frame)).toHaveProperty('message')
        continue
      }
      media += frame.includes('inlineData') ? 1 : 0
      expect(readFrame(frame)).toEqual(expected(frame))
      expect(readFrame(Buffer.from(frame))).toEqual(expected(frame))
    }
    expect(count).toBeGreaterThan(150)
    expect(media).toBeGreaterThan(5)
  })
})
