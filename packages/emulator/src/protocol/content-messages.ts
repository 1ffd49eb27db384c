/**
 * The messages that both sides send. Source: content.proto of google.ai.generativelanguage.v1beta, and the types of @google/genai 3.3
 * and of python google-genai 3.6.
 */
export const contentMessages = {
  Content: { role: 'string', parts: ['Part'] },
  Part: {
    text: 'string',
    thought: 'bool',
    thoughtSignature: 'bytes',
    inlineData: 'Blob',
    fileData: 'FileData',
    functionCall: 'FunctionCall',
    functionResponse: 'FunctionResponse',
    executableCode: 'ExecutableCode',
    codeExecutionResult: 'CodeExecutionResult',
    toolCall: 'object',
    toolResponse: 'object',
    audioTranscription: 'Transcription',
    speechMetadata: 'object',
    partMetadata: 'object',
    videoMetadata: 'object',
    mediaResolution: 'any',
    mediaProcessing: 'name',
    documentMetadata: 'object',
    spreadsheetMetadata: 'object',
    audioMetadata: 'object',
  },
  Blob: { mimeType: 'string', data: 'bytes', displayName: 'string' },
  FileData: { mimeType: 'string', fileUri: 'string', displayName: 'string' },
  ExecutableCode: { id: 'string', language: 'name', code: 'string' },
  CodeExecutionResult: { id: 'string', outcome: 'name', output: 'string' },
  FunctionCall: {
    id: 'string',
    name: 'string',
    args: 'object',
    partialArgs: ['object'],
    willContinue: 'bool',
  },
  FunctionResponse: {
    id: 'string',
    name: 'string',
    response: 'object',
    scheduling: { enum: ['SCHEDULING_UNSPECIFIED', 'SILENT', 'WHEN_IDLE', 'INTERRUPT'] },
    willContinue: 'bool',
    parts: ['FunctionResponsePart'],
  },
  FunctionResponsePart: {
    inlineData: 'Blob',
    fileData: 'FileData',
    videoMetadata: 'object',
    mediaResolution: 'any',
    mediaProcessing: 'name',
    documentMetadata: 'object',
    spreadsheetMetadata: 'object',
    audioMetadata: 'object',
  },
} as const

/** The fields of a part of which only one may be set. Source: the `oneof data` of Part in content.proto. */
export const dataOfPart: readonly string[] = [
  'text',
  'inlineData',
  'functionCall',
  'functionResponse',
  'fileData',
  'executableCode',
  'codeExecutionResult',
]
