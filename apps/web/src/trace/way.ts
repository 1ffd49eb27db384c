/** What a page does with the microphone while a tool runs. */
export const ways = ['no-gate', 'flag', 'hold', 'drop', 'pass'] as const

export type Way = (typeof ways)[number]

/** How each is called, and what it means. */
export const wayWords: Readonly<Record<Way, { readonly title: string; readonly text: string }>> = {
  'no-gate': { title: 'No gate', text: 'The microphone streams on while the tool runs.' },
  flag: { title: 'Boolean flag', text: 'The usual advice: skip the microphone while a flag is set.' },
  hold: { title: 'Livegate', text: 'What is said waits, and leaves once the call is answered.' },
  drop: { title: 'Livegate, drop', text: 'Audio is given up and reported, turns stay whole.' },
  pass: { title: 'Livegate, pass', text: 'Nothing waits: for models that take input during a call.' },
}

export const isGated = (way: Way): boolean => way === 'hold' || way === 'drop' || way === 'pass'
