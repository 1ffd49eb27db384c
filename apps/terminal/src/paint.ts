import { styleText } from 'node:util'

/** What a piece of text means; its colour only underlines that, its words or glyphs say it. */
export type Style = 'strong' | 'faint' | 'speech' | 'good' | 'waiting' | 'bad' | 'tool' | 'model'

/** Colours a text, or leaves it as it is. */
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

/** Colours as the stream can show them: not in a file or a pipe, not with NO_COLOR. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(colours[style], text, { stream })
}
