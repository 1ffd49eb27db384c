import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A sound card that a program has to itself: what is said into it is heard from its microphone, as it is said. */
export interface SoundCard {
  /** What a program has to be started with to use it. */
  readonly environment: NodeJS.ProcessEnv
  /** Says a WAV file; done when it is over. */
  say(path: string): Promise<void>
  /** Pulls the microphone out. */
  unplug(): Promise<void>
  /** Puts it back. */
  plug(): Promise<void>
  close(): Promise<void>
}

const rate = 'rate=48000'

/** PulseAudio, with a microphone that hears what is played to a sink, and a speaker that nobody hears. */
export async function startSoundCard(): Promise<SoundCard> {
  const folder = mkdtempSync(join(tmpdir(), 'livegate-sound-card-'))
  const environment = { ...process.env, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder, HOME: folder }
  const modules = [
    'module-native-protocol-unix',
    `module-null-sink sink_name=speaker ${rate}`,
    `module-null-sink sink_name=mouth ${rate}`,
  ]
  const options = { env: environment }
  await run(
    'pulseaudio',
    ['-n', '--daemonize', '--exit-idle-time=-1', ...modules.flatMap((module) => ['--load', module])],
    options,
  )
  await run('pactl', ['set-default-sink', 'speaker'], options)
  const plug = async (): Promise<void> => {
    await run(
      'pactl',
      ['load-module', 'module-remap-source', 'master=mouth.monitor', 'source_name=microphone'],
      options,
    )
    await run('pactl', ['set-default-source', 'microphone'], options)
  }
  await plug()
  return {
    environment,
    async say(path) {
      await run('paplay', ['--device=mouth', path], options)
    },
    async unplug() {
      await run('pactl', ['unload-module', 'module-remap-source'], options)
    },
    plug,
    async close() {
      await run('pulseaudio', ['--kill'], options)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
