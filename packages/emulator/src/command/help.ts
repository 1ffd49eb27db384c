/** What `--help` prints. */
export const help: string = `Usage: livegate-emulator [options]

A local stand-in for the Gemini Live server, for tests and demos without a key.
Point any Live client at the address it prints; it shows what comes and goes
until Ctrl-C. What it answers is never a result from Google's server.

  --profile NAME      the family of models to stand in for: gemini-2.5, the
                      default, gemini-3.1, gemini-3.8 or vertex
  --port N            port to listen on; default 8787, 0 for any free one
  --host NAME         address to listen on; default 127.0.0.1, this machine only
  --tls               speak TLS, with a generated certificate that is written to
                      a file for clients to trust
  --certificate FILE  that file; default livegate-emulator.pem
  --tool-ms N         milliseconds that GET /tools/NAME takes, a tool for
                      clients that have none; default 0
  --script FILE       what the model does with each turn: a JSON array of
                      replies, see the README
  --grace-ms N        milliseconds after a blocking call in which input is
                      tolerated; default 50
  --seed N            seed of the random numbers, ids among them; default: one
                      that differs from run to run, and is printed
  --strict            refuse fields that the protocol does not know, with 1007
  --control           let requests to /control/ cause faults and read what was
                      seen
  --trace FILE        write every event to FILE, one JSON object a line
  --json              print events as the trace has them, and nothing else
  -h, --help          show this
  -v, --version       show the version

Exit codes: 0 help or version, 1 the server, its output or its trace could not
go on, 2 wrong usage, 130 Ctrl-C, 141 nobody reads its output any more,
143 SIGTERM.
`
