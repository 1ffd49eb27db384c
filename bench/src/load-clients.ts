import { once } from 'node:events'
import { WebSocket } from 'ws'

const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=none'
const frameMs = 20
const samplesPerFrame = 320
// The noise of a room: the server must process it, but does not take it for speech that interrupts the model.
const noiseLevel = 150

function noiseFrame(): string {
  const samples = Int16Array.from({ length: samplesPerFrame }, () => (Math.random() - 0.5) * noiseLevel)
  const data = Buffer.from(samples.buffer).toString('base64')
  return JSON.stringify({ realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } } })
}

const frames = Array.from({ length: 50 }, noiseFrame)
const setup = JSON.stringify({ setup: { model: 'models/none', outputAudioTranscription: {} } })
const question = JSON.stringify({ realtimeInput: { text: 'And then?' } })

/**
 * Sessions that each send 50 frames of 20 ms per second, and ask for the next answer when one is over, so that the model always
 * speaks. Their frames are spread over the 20 ms, as those of real users are.
 */
export class LoadClients {
  readonly #sockets: WebSocket[] = []
  #timer: NodeJS.Timeout | undefined
  /** Frames of audio sent, and messages with audio received, by all sessions. */
  readonly counts = { up: 0, down: 0, closed: 0 }

  /** Opens one session after another; each asks its first question within 2.5 s. */
  async open(url: string, sessions: number): Promise<void> {
    for (let index = 0; index < sessions; index++) this.#sockets.push(await this.#connect(url))
  }

  /** Sends audio until `stop`, catching up where the process was late. */
  start(): void {
    const startMs = performance.now()
    let sent = 0
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startMs) / frameMs) * this.#sockets.length)
      for (; sent < due; sent++) {
        this.#sockets[sent % this.#sockets.length]?.send(frames[sent % frames.length] ?? '')
        this.counts.up++
      }
    }, 1)
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.close()
  }

  async #connect(url: string): Promise<WebSocket> {
    const socket = new WebSocket(url.replace('http', 'ws') + path)
    socket.on('close', () => this.counts.closed++)
    await once(socket, 'open')
    socket.send(setup)
    await once(socket, 'message')
    socket.on('message', (data: Buffer) => {
      // Search the bytes instead of parsing them, to keep the clients cheap.
      if (data.includes('"inlineData"')) this.counts.down++
      else if (data.includes('"turnComplete"')) socket.send(question)
    })
    // Spread the first questions over about the length of an answer, as those of real users would be.
    setTimeout(() => socket.send(question), Math.random() * 2500)
    return socket
  }
}
