/** What a client does with the microphone while a tool runs. */
export const ways = ['no-gate', 'flag', 'hold', 'drop', 'pass'] as const

export type Way = (typeof ways)[number]

/** The title of each, and what it means. */
export const wayWords: Readonly<Record<Way, { readonly title: string; readonly text: string }>> = {
  'no-gate': { title: 'No gate', text: 'The microphone keeps streaming while the tool runs.' },
  flag: { title: 'Boolean flag', text: 'The usual advice: drop audio while a flag is set.' },
  hold: { title: 'Livegate', text: 'Speech waits, and is sent once the call is answered.' },
  drop: { title: 'Livegate, drop', text: 'Audio is dropped and reported; turns stay whole.' },
  pass: { title: 'Livegate, pass', text: 'Nothing waits: for models that take input during a call.' },
}

export const isGated = (way: Way): boolean => way === 'hold' || way === 'drop' || way === 'pass'
