import { defaultModel, defaultPort } from './options.ts'

export const help: string = `\
Serves a page that shows what happens to a voice session while a tool runs: without
a gate, with the boolean-flag advice, and with Livegate. Open the address that it prints.

Usage: npx pnpm@12 demo:web [flags]

  --port <number>  where to listen on 127.0.0.1; 0 is any free port (default ${defaultPort})
  --emulator       talk to the emulator even if there is a key
  --model <name>   the model of Google's that the page talks to
                   (default ${defaultModel})
  -h, --help       print this

With GEMINI_API_KEY in the environment the page talks to Google, with ephemeral tokens that
this server makes; the key stays here. Without it the page talks to the project's emulator.

Ctrl-C ends it. Exit codes: 1 it could not listen, 2 the flags cannot be used,
130 interrupted, 143 SIGTERM.
`
