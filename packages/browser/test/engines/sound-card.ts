import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A sound card for one program: what is played into it comes from its microphone in real time. */
export interface SoundCard {
  /** The environment of a program that uses it. */
  readonly environment: NodeJS.ProcessEnv
  /** Plays a WAV file into the microphone, and resolves at its end. */
  say(path: string): Promise<void>
  /** Unplugs the microphone. */
  unplug(): Promise<void>
  /** Plugs the microphone in again. */
  plug(): Promise<void>
  close(): Promise<void>
}

const rate = 'rate=48000'

/** Starts PulseAudio, with a microphone that monitors a sink, and a null speaker. */
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
