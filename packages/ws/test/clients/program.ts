import { speakDuringCall } from './spoken-call.ts'

/** Put in when this is bundled. */
declare const emulatorUrl: string

// biome-ignore lint/suspicious/noConsole: how a program answers on every platform
console.log(JSON.stringify(await speakDuringCall(emulatorUrl)))
