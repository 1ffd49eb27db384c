import { defaultModel, defaultToolMs, longestToolMs } from './options.ts'

export const help: string = `\
Shows what happens to a voice session while a tool runs: with the bare SDK, with
the often-advised boolean flag, and with Livegate. Each runs hands-free and with
push-to-talk. The server is the project's emulator, unless --live is given.

Usage: npx pnpm@12 demo [flags]

  --policy <hold|drop|pass>  what Livegate does with input while the tool runs;
                             default hold
  --tool-ms <ms>             how long the tool takes, 1 to ${longestToolMs}; default
                             ${defaultToolMs}; from about 7500 on the demo takes longer
                             than 30 s
  --file <speech.wav>        what the user says: 16 kHz mono 16-bit PCM WAV, up
                             to 60 s; from about 8 s on the demo takes longer
                             than 30 s
  --json                     print one JSON document instead; its shape is in
                             apps/terminal/README.md
  --live                     run Livegate, hands-free, against the real API;
                             needs GEMINI_API_KEY
  --model <name>             the model for --live; default
                             ${defaultModel}
  -h, --help                 print this help

Exit codes: 0 Livegate kept its promise; 1 it did not, or the connection or the
output failed; 2 the flags or the file cannot be used; 129 SIGHUP; 130
interrupted; 141 stdout was closed, as by head; 143 SIGTERM.
`
