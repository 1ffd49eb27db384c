import { speakDuringCall } from './spoken-call.ts'

/** Defined by the bundler. */
declare const emulatorUrl: string

// biome-ignore lint/suspicious/noConsole: how a program answers on every platform
console.log(JSON.stringify(await speakDuringCall(emulatorUrl)))
