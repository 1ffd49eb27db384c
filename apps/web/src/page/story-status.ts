import type { Trace } from '../trace/trace.ts'
import { verdictOf } from '../trace/verdict.ts'
import { wayWords } from '../trace/way.ts'
import { type StoryWay, storyWays } from './cards.ts'
import { byId, make } from './dom.ts'

const status = byId('story-status')

/** Says beside the button of the three runs what they are doing. Without words, the hint of the page is there. */
export function tellStory(text: string): void {
  status.textContent = text
}

/** Says what can be done when all three were played. Their results, which the cards show, are for screen readers. */
export function tellNext(traces: ReadonlyMap<StoryWay, Trace>): void {
  const results = storyWays.map((way) => {
    const outcome = traces.get(way)?.outcome
    return outcome ? `${wayWords[way].title}: ${verdictOf(outcome).headline.toLowerCase()}. ` : ''
  })
  const code = make('a', { href: '#code' }, 'take the code')
  code.addEventListener('click', () => byId('code').setAttribute('open', ''))
  status.replaceChildren(
    make('span', { class: 'visually-hidden' }, ...results),
    make('span', {}, 'Your turn: ', make('a', { href: '#talk' }, 'start talking'), ', or ', code, '.'),
  )
}
