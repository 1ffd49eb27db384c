import { speakDuringCall } from './spoken-call.ts'

/** Defined by the bundler. */
declare const emulatorUrl: string

// biome-ignore lint/style/noDefaultExport: what the platform asks of a worker
export default {
  fetch: async (): Promise<Response> => Response.json(await speakDuringCall(emulatorUrl)),
}
