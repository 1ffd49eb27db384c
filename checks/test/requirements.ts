/** One testable part of a law. `G3.2` is the second requirement of law `G3`. */
export interface Requirement {
  readonly id: string
  readonly behaviour: string
  /** The evidence for it: a report of who got it wrong, or a document that demands it. */
  readonly source: string
}

/** The definition of the protocol. */
const proto = 'generative_service.proto'
const forum = 'discuss.ai.google.dev, thread 114644'

export const requirements: readonly Requirement[] = [
  {
    id: 'G1.1',
    behaviour: 'The gate shuts when the message with the call arrives, before anyone else hears of the call.',
    source: forum,
  },
  {
    id: 'G1.2',
    behaviour: 'All holds of a message are taken before a handler runs.',
    source: 'livekit/agents-js#1137',
  },
  { id: 'G1.3', behaviour: 'Progress is not sent for a call that blocks.', source: proto },
  {
    id: 'G1.4',
    behaviour: 'A hold that comes while the backlog leaves stops it.',
    source: 'livekit/agents-js#1138: a call may come while the first is being answered',
  },
  { id: 'G2.1', behaviour: 'A second message of calls joins the window.', source: 'livekit/agents-js#1137' },
  {
    id: 'G2.2',
    behaviour: 'Only a cancellation cancels, and only what it lists.',
    source: 'openclaw#70938: a partial cancellation opened it',
  },
  {
    id: 'G2.3',
    behaviour: 'The window ends with the last pending id, not with the first response.',
    source: `${forum}: its flag is cleared at the end of a handler`,
  },
  {
    id: 'G3.1',
    behaviour: 'A handler that throws is answered, and the gate opens.',
    source: 'vercel/ai: executeTool',
  },
  {
    id: 'G3.2',
    behaviour: 'At its deadline a call is answered with an error, and its signal is aborted.',
    source: 'livekit/agents-js#2249: deaf until the participant leaves',
  },
  {
    id: 'G3.3',
    behaviour: 'A response that cannot be sent loses its call and releases the gate.',
    source: 'livekit/agents-js: responses queued on a socket that is gone',
  },
  {
    id: 'G3.4',
    behaviour: 'A call is reported as overdue at a tenth of its time.',
    source: 'Trinity#1091: dead air',
  },
  {
    id: 'G3.5',
    behaviour: 'A deadline of Infinity sets no timer, and a snapshot shows it.',
    source: 'pipecat#5465: tools of 1100 s',
  },
  {
    id: 'G3.6',
    behaviour: 'A connection whose setup is never completed is given up.',
    source: '@google/genai 2.32 and 3.3: connect() waits for ever',
  },
  {
    id: 'G3.7',
    behaviour: 'A transport that stays full does not keep the gate shut for ever.',
    source: 'law G3',
  },
  {
    id: 'G3.8',
    behaviour: 'A throw in a listener or a callback stops nothing.',
    source: '@google/genai 2.32 and 3.3: a throw in onmessage ends the process',
  },
  {
    id: 'G4.1',
    behaviour: 'The server sees no end without its start and no start inside a bracket.',
    source: 'livekit/agents-js: a start is dropped while the agent believes to be in a turn',
  },
  {
    id: 'G4.2',
    behaviour: 'A turn that fell wholly into the window is replayed or dropped as one.',
    source: 'langwatch/scenario#360: an empty bracket interrupts the model',
  },
  {
    id: 'G4.3',
    behaviour: 'In manual activity mode audio between two turns is kept for the next one, and not sent.',
    source: 'pipecat: gemini_live/llm.py discards it on the server',
  },
  {
    id: 'G4.4',
    behaviour: 'A turn in progress begins again on the next connection.',
    source: 'livekit/agents-js: inUserActivity is never reset on reconnect',
  },
  {
    id: 'G5.1',
    behaviour: 'Every sample offered arrives once the gate is open.',
    source: 'autonomous-os#231',
  },
  {
    id: 'G5.2',
    behaviour: 'No preset and no bound drops text.',
    source: 'livekit/agents-js: realtime text is dropped while a call is pending',
  },
  { id: 'G5.3', behaviour: 'Input that waits at a close is counted as dropped.', source: 'pipecat#5465' },
  {
    id: 'G5.4',
    behaviour: 'Input that left shortly before a window is counted, and a close reports the last frames.',
    source: `${forum}: the race; hkjarral/AVA-AI-Voice-Agent-for-Asterisk#173`,
  },
  {
    id: 'G5.5',
    behaviour: 'A drop says how much audio was lost.',
    source: 'autonomous-os#231: speech lost without any report',
  },
  {
    id: 'G6.1',
    behaviour: 'Inputs leave in the order of their offers.',
    source: 'firebase-js-sdk: un-chained decodes',
  },
  { id: 'G6.2', behaviour: 'The response leaves before the inputs that waited for it.', source: forum },
  {
    id: 'G6.3',
    behaviour: 'The responses to one message leave together, or each alone if that option is set.',
    source: 'tau2-bench: a model calls again for what it has not seen yet',
  },
  {
    id: 'G6.4',
    behaviour: 'Messages that are not input do not wait behind audio.',
    source: 'yagudaev/voiceclaw#53',
  },
  {
    id: 'G7.1',
    behaviour: 'A call of a tool that nobody declared is answered.',
    source: 'livekit/agents-js#2249: a call without a response',
  },
  {
    id: 'G7.2',
    behaviour:
      'A result becomes an object; one that JSON cannot represent becomes an error response that says so.',
    source: 'close code 1007: Request contains an invalid argument.',
  },
  {
    id: 'G7.3',
    behaviour: 'The late result of a call that is over is suppressed.',
    source: 'livekit/agents-js: getToolResultsForRealtime sends results of cancelled calls',
  },
  { id: 'G7.4', behaviour: 'A call that is delivered twice runs once.', source: 'mastra#22969' },
  { id: 'G7.5', behaviour: 'A second response is suppressed.', source: 'openai-agents-js: sent once' },
  {
    id: 'G7.6',
    behaviour: 'Invalid arguments are answered with what the model must correct.',
    source: 'standardschema.dev',
  },
  {
    id: 'G7.7',
    behaviour: 'A cancelled call is not answered.',
    source: `${proto}: BidiGenerateContentToolCallCancellation`,
  },
  {
    id: 'G7.8',
    behaviour: 'Half of a character, as a text that was cut ends with, is replaced in every message.',
    source: 'vertesia/llumiverse#462: Vertex refused all that was sent with one',
  },
  {
    id: 'G8.1',
    behaviour: 'A response carries the name of its call.',
    source: 'roomkit#42: 3.8 misreads a response without a name',
  },
  {
    id: 'G8.2',
    behaviour: 'A private id never goes on the wire.',
    source: 'js-genai#1210: calls without an id',
  },
  {
    id: 'G8.3',
    behaviour: 'An empty id and the id 0 are ids.',
    source: 'Model Context Protocol typescript-sdk: id 0',
  },
  {
    id: 'G9.1',
    behaviour: 'A report of an earlier connection changes nothing.',
    source: 'openai-agents-js: a generation guards every await',
  },
  { id: 'G9.2', behaviour: 'An id of an earlier connection may be used again.', source: 'pipecat#5497' },
  {
    id: 'G9.3',
    behaviour: 'Calls of an earlier connection are lost, and their results suppressed.',
    source: 'pipecat#5497: a server does not act on a response to a call of another connection',
  },
  {
    id: 'G9.4',
    behaviour: 'Each connection begins with the declarations of the setup, whatever the one before was told.',
    source: `${proto}: BidiGenerateContentSetup`,
  },
  {
    id: 'G10.1',
    behaviour: 'The declaration decides, then the profile.',
    source: `${proto}: FunctionDeclaration.behavior`,
  },
  { id: 'G10.2', behaviour: 'The calls of an unknown model block.', source: 'law G10' },
  {
    id: 'G10.3',
    behaviour: 'A call that does not block leaves the gate as it is.',
    source: 'livekit/agents-js: on gemini-3.8-live the microphone is deaf for the whole tool',
  },
  { id: 'G11.1', behaviour: 'The same facts give the same effects.', source: 'law G11' },
  {
    id: 'G12.1',
    behaviour: 'A malformed frame is reported, without its content, and ends nothing.',
    source: '@google/genai 2.32 and 3.3: an unhandled rejection ends the process',
  },
  {
    id: 'G12.2',
    behaviour: 'The valid parts of a message are read, whatever else is wrong with it.',
    source: 'js-genai#1210',
  },
]
