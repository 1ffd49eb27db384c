import type { ServerInfo } from '../api/api.ts'
import { LaneBuilder } from '../trace/lanes.ts'
import type { Trace } from '../trace/trace.ts'
import { verdictOf } from '../trace/verdict.ts'
import { wayWords } from '../trace/way.ts'
import { isServerThere, serverInfo } from './api-client.ts'
import { Cards, lineOf, type StoryWay, storyWays } from './cards.ts'
import { connectCode } from './code-panel.ts'
import { bringIntoView, byId, setDisabled } from './dom.ts'
import { wordsOf } from './error-words.ts'
import { faults } from './faults.ts'
import { connectFiles } from './files.ts'
import { drawLegend } from './legend.ts'
import { Levels } from './levels.ts'
import type { Run, RunSettings } from './run.ts'
import { nameOf } from './run-name.ts'
import { Scenario } from './scenario.ts'
import { goesOn, Stage } from './stage.ts'
import { tellNext, tellStory } from './story-status.ts'
import { Timeline } from './timeline.ts'
import { Transcript } from './transcript.ts'

const speech = new URLSearchParams(location.search).get('speech')
const defaultSpeech = 'weather'

/** The note in the gate's lane of a run that has no gate. */
const gateNotes: { readonly [way in Trace['way']]?: string } = { 'no-gate': 'there is no gate' }

const longestFontMs = 1500

/** The pause between two runs of the story, in milliseconds. */
const pauseMs = 900

const info = await serverInfo().catch(() => undefined)
tellServer(info)
const server: Trace['server'] = info?.kind ?? 'emulator'

const timeline = new Timeline(byId('timeline'))
const transcript = new Transcript(byId('transcript'))
const scenario = new Scenario(speech)
const levels = new Levels()
const traces = new Map<StoryWay, Trace>()
let shown: Trace | undefined
let builder = new LaneBuilder()
let isPaused = false
let storyWay: StoryWay | undefined
/** The story that is playing: an object of its own for each, so that one that was stopped is not taken for the next. */
let story: object | undefined

drawLegend(byId('legend'))
connectCode()
tellVerdict(undefined)
tellNotice(undefined)

const stage = new Stage(server, {
  onBusyChange: tellTalk,
  onBegin(run) {
    builder = new LaneBuilder()
    shown = undefined
    transcript.clear()
    setPaused(false)
    timeline.gateNote = gateNotes[run.settings.way] ?? ''
    timeline.restart()
    cards.select(undefined)
    tellName(run.trace())
    tellVerdict(undefined)
    tellFiles()
    tellTalk()
    requestAnimationFrame(() => drawLive(run))
  },
  onReady() {
    if (stage.run) tellName(stage.run.trace())
    tellTalk()
  },
  onFact(fact, run) {
    if (fact.type === 'forgotten') {
      builder = new LaneBuilder(run.journal.facts)
      tellName(run.trace())
    } else builder.add(fact)
    transcript.add(fact)
    if (fact.type === 'closed') tellTalk()
  },
  onNotice: tellNotice,
  onEnd(trace, _, error) {
    if (isPaused) tell(trace)
    else draw(trace)
    levels.show(0, 0)
    if (error) tellNotice(error)
  },
})

const cards = new Cards(byId('cards'), {
  onPlay: (way) => stopOr(() => playOne(way)),
  onShow: (way) => {
    const trace = traces.get(way)
    if (!trace) return
    show(trace)
    bringIntoView(byId('timeline-title'), 'start')
  },
})

connectFiles({
  trace: () => shown,
  onOpen: (trace) => {
    if (isBusy()) tellNotice(goesOn)
    else show(trace)
  },
  onProblem: (message) => {
    if (isBusy()) {
      tellNotice(goesOn)
      return
    }
    const verdict = byId('verdict')
    verdict.textContent = message
    verdict.dataset.tone = 'bad'
    bringIntoView(verdict, 'nearest')
  },
})

byId('play-all').addEventListener('click', () => stopOr(playAll))
byId('talk').addEventListener('click', () => stopOr(talk))
byId('pause').addEventListener('click', () => {
  // The run ended while it was paused.
  if (isPaused && !stage.run && shown) draw(shown)
  else setPaused(!isPaused)
})
byId('zoom-in').addEventListener('click', () => timeline.zoom(1 / 1.5))
byId('zoom-out').addEventListener('click', () => timeline.zoom(1.5))
byId('fit').addEventListener('click', () => timeline.showAll())
byId('inject').addEventListener('click', () => void stage.run?.inject(scenario.fault).catch(tellNotice))
scenario.onChange(() => {
  if (!isBusy()) tellNotice(undefined)
  tellTalk()
})
connectPress(byId<HTMLButtonElement>('press'))
byId('say').addEventListener('submit', (event) => {
  event.preventDefault()
  const words = byId<HTMLInputElement>('words')
  const text = words.value.trim()
  if (text === '' || !stage.isReady) return
  stage.run?.say(text)
  words.value = ''
})
tellTalk()
// Show the page only when its font is there, so that nothing shifts; but do not wait long for the font.
await Promise.race([
  document.fonts.load('16px "Inter Variable"'),
  new Promise((resolve) => setTimeout(resolve, longestFontMs)),
])
document.body.removeAttribute('data-loading')

/** Stops what is running; if nothing is, begins something. */
function stopOr(begin: () => Promise<void>): void {
  if (!isBusy()) {
    void guarded(begin)
    return
  }
  if (story) tellRest()
  story = undefined
  stage.stop()
  tellTalk()
}

/** Says what is next when a story is stopped. Results that were told before are not told again. */
function tellRest(): void {
  if (isStoryTold()) tellNext(new Map())
  else tellStory('')
}

/** Whether all three runs have been played. */
function isStoryTold(): boolean {
  return storyWays.every((way) => traces.has(way))
}

function isBusy(): boolean {
  return stage.isBusy || story !== undefined
}

async function playAll(): Promise<void> {
  const own = {}
  story = own
  for (const [index, way] of storyWays.entries()) {
    tellStory(`${index + 1} of ${storyWays.length}: ${wayWords[way].title}. ${wayWords[way].text}`)
    await playOne(way)
    if (story === own) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    if (story !== own) return
  }
  story = undefined
  tellVoice()
  tellNext(traces)
}

async function playOne(way: StoryWay): Promise<void> {
  storyWay = way
  const wasTold = isStoryTold()
  cards.begin(way)
  const { toolMs, profile } = scenario.settings()
  const settings: RunSettings = {
    way,
    toolMs,
    profile,
    mode: 'hands-free',
    fault: faults[0] ?? scenario.fault,
  }
  const trace = await stage.playRecorded(settings, defaultSpeech)
  if (trace) {
    traces.set(way, trace)
    cards.end(way, trace)
    cards.select(way)
    if (!story && !wasTold && isStoryTold()) tellNext(traces)
  } else cards.reset(way, traces.get(way))
  storyWay = undefined
  tellTalk()
}

async function talk(): Promise<void> {
  const settings = scenario.settings()
  if (scenario.isRecorded) await stage.playRecorded(settings, speech ?? defaultSpeech)
  else await stage.talk(settings)
}

/** Reports what a run throws beside the controls that began it. */
async function guarded(action: () => Promise<void>): Promise<void> {
  tellNotice(undefined)
  try {
    await action()
  } catch (error) {
    if (storyWay) cards.reset(storyWay, traces.get(storyWay))
    if (story) tellStory(wordsOf(error))
    storyWay = undefined
    story = undefined
    tellNotice(error)
  }
  tellTalk()
}

/** Shows a trace, and what was said in it. If that throws, the page stays as it was. */
function show(trace: Trace): void {
  draw(trace)
  transcript.show(trace.facts)
}

/** Draws a trace. The transcript of a run that was just heard is there, and screen readers would read it out a second time. */
function draw(trace: Trace): void {
  const built = new LaneBuilder(trace.facts)
  const lanes = built.lanes()
  builder = built
  setPaused(false)
  timeline.gateNote = gateNotes[trace.way] ?? ''
  timeline.showWhole(lanes)
  tell(trace)
}

/** Shows the result of a run beside its picture. */
function tell(trace: Trace): void {
  shown = trace
  tellName(trace)
  tellVerdict(trace)
  tellFiles()
  tellTalk()
  cards.select([...traces].find(([, each]) => each === trace)?.[0])
}

/** A run has a trace to save only once it is over. */
function tellFiles(): void {
  for (const id of ['save', 'export']) setDisabled(byId<HTMLButtonElement>(id), !shown)
}

function tellVerdict(trace: Trace | undefined): void {
  const verdict = byId('verdict')
  const { outcome } = trace ?? {}
  const line = trace && outcome ? lineOf(trace) : ''
  // Screen readers would repeat what is there already.
  if (verdict.textContent !== line) verdict.textContent = line
  if (outcome) verdict.dataset.tone = verdictOf(outcome).tone
  else delete verdict.dataset.tone
}

function drawLive(run: Run): void {
  if (stage.run !== run) return
  if (!isPaused) timeline.show(builder.lanes(), run.journal.nowMs)
  levels.show(stage.microphone?.level ?? 0, stage.speakerLevel())
  requestAnimationFrame(() => drawLive(run))
}

function setPaused(paused: boolean): void {
  isPaused = paused
  timeline.isFollowing = !paused
  const button = byId<HTMLButtonElement>('pause')
  button.textContent = paused ? 'Resume' : 'Pause'
  button.toggleAttribute('data-paused', paused)
}

/** Sets the words and states of all controls. */
function tellTalk(): void {
  const { run, isReady } = stage
  const isPlaying = isBusy()
  const talkButton = byId<HTMLButtonElement>('talk')
  talkButton.textContent = isPlaying
    ? 'Stop'
    : scenario.isRecorded
      ? 'Let the recording talk'
      : 'Start talking'
  const press = byId<HTMLButtonElement>('press')
  setDisabled(press, !canPress())
  // A disabled button gets no event when it is released.
  if (!canPress()) press.removeAttribute('data-pressed')
  setDisabled(byId<HTMLButtonElement>('inject'), !isReady || scenario.fault.fault === undefined)
  setDisabled(byId<HTMLButtonElement>('pause'), !run && !isPaused)
  setDisabled(byId<HTMLInputElement>('words'), !isReady)
  setDisabled(byId<HTMLButtonElement>('send'), !isReady)
  const playAllButton = byId('play-all')
  playAllButton.toggleAttribute('data-running', isPlaying)
  // Then the conversation is next.
  playAllButton.classList.toggle('primary', isPlaying || !isStoryTold())
  const label = playAllButton.querySelector('span')
  if (label) label.textContent = isPlaying ? 'Stop' : 'Play all three'
  const state = byId('talk-state')
  state.textContent = isReady
    ? 'live'
    : run?.isClosed
      ? 'closed'
      : stage.isBusy
        ? 'connecting'
        : 'not connected'
  state.toggleAttribute('data-live', isReady)
  setDisabled(byId<HTMLButtonElement>('open'), isPlaying)
  tellVoice()
  cards.tell(storyWay ?? (isPlaying ? 'other' : undefined))
}

/** Says beside the buttons what went wrong or is waited for; without a notice, where the voice goes. */
function tellNotice(notice: unknown): void {
  const words = wordsOf(notice)
  const note = byId('talk-note')
  note.toggleAttribute('data-notice', words !== '')
  if (words) note.textContent = words
  else tellVoice()
}

/** Says where the voice goes, unless there is a notice. What is there already is not said again: screen readers would repeat it. */
function tellVoice(): void {
  const note = byId('talk-note')
  const words = whereVoiceGoes()
  if (!note.hasAttribute('data-notice') && note.textContent !== words) note.textContent = words
}

function whereVoiceGoes(): string {
  if (story || storyWay || scenario.isRecorded) return 'The recorded user talks; your microphone stays off.'
  return server === 'google' ? 'Your voice goes to Google.' : 'Your voice stays on this machine.'
}

function tellName(trace: Trace): void {
  byId('run-name').textContent = nameOf(trace)
}

function tellServer(known: ServerInfo | undefined): void {
  const isGoogle = known?.kind === 'google'
  document.documentElement.dataset.server = known?.kind ?? 'none'
  byId('server-name').textContent = isGoogle ? 'Google' : known ? 'Emulator' : 'No server'
  byId('server-note').textContent = isGoogle
    ? known.model
    : known
      ? 'a local stand-in, not Google’s server'
      : isServerThere
  if (isGoogle)
    byId('footer-note').textContent =
      'These results come from Google’s server, as far as a client can see them.'
}

function canPress(): boolean {
  return stage.isReady && stage.run?.settings.mode === 'push-to-talk'
}

/** Lets pointer and keyboard hold the button down. */
function connectPress(button: HTMLButtonElement): void {
  const isKey = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter'
  const press = (): void => {
    if (!canPress()) return
    stage.press()
    button.setAttribute('data-pressed', '')
  }
  const release = (): void => {
    stage.release()
    button.removeAttribute('data-pressed')
  }
  button.addEventListener('pointerdown', (event) => event.button === 0 && press())
  // The platform may take a touch for a gesture of its own, and cancel it.
  for (const end of ['pointerup', 'pointercancel']) {
    addEventListener(end, () => button.hasAttribute('data-pressed') && release())
  }
  button.addEventListener('keydown', (event) => isKey(event) && !event.repeat && press())
  button.addEventListener('keyup', (event) => isKey(event) && release())
  button.addEventListener('blur', () => button.hasAttribute('data-pressed') && release())
}
