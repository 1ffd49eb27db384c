/** The text that `--help` prints. */
export const help: string = `Usage: livegate-emulator [options]

A local stand-in for the Gemini Live server, for tests and demos without a key.
Point any Live client at the address it prints. It shows every message until
Ctrl-C. An emulated answer is never a result from Google's server.

  --profile NAME      family of models to emulate: gemini-2.5 (default),
                      gemini-3.1, gemini-3.8 or vertex
  --port N            port to listen on; default 8787, 0 for any free port
  --host NAME         address to listen on; default 127.0.0.1, which only this
                      machine can reach
  --tls               use TLS, with a generated certificate that is written to
                      a file for clients to trust
  --certificate FILE  file for the certificate; default livegate-emulator.pem
  --tool-ms N         milliseconds that GET /tools/NAME takes, a tool for
                      clients that have none; default 0
  --script FILE       the model's replies to the user's turns: a JSON array,
                      see the README
  --grace-ms N        milliseconds after a blocking call during which input is
                      tolerated; default 50
  --seed N            seed of the random numbers and ids; default: a new one in
                      each run, which is printed
  --strict            close with 1007 on fields that the protocol doesn't know
  --control           accept requests to /control/, which inject faults and read
                      the sessions' logs
  --trace FILE        write every event to FILE, one JSON object per line
  --json              print events as in the trace, instead of readable lines
  -h, --help          show this help
  -v, --version       show the version

The address and errors go to stderr, events to stdout.

Exit codes: 0 help or version shown; 1 the server, its output or its trace
failed; 2 wrong usage; 130 Ctrl-C; 141 stdout was closed, as by head;
143 SIGTERM.
`
