import { styleText } from 'node:util'

/** The meaning of a piece of text. Its words or glyphs say the same, so colour is never needed to understand it. */
export type Style = 'strong' | 'faint' | 'speech' | 'good' | 'waiting' | 'bad' | 'tool' | 'model'

/** Colours a text, or returns it unchanged. */
export type Paint = (style: Style, text: string) => string

const colours: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  strong: 'bold',
  faint: 'gray',
  speech: 'cyan',
  good: 'green',
  waiting: 'yellow',
  bad: 'red',
  tool: 'magenta',
  model: 'blue',
}

/** Colours text if the stream supports it: not in a file or a pipe, and not with NO_COLOR. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(colours[style], text, { stream })
}
