/** A command to the speaker's processor, and when it is given: at the start, or when the render clock reaches a sample. */
export interface OfflineStep {
  readonly atSample?: number
  readonly command:
    | { readonly type: 'play'; readonly bytes: readonly number[]; readonly rate: number }
    | { readonly type: 'end-turn' }
    | { readonly type: 'flush' }
}

export interface OfflineRun {
  readonly steps: readonly OfflineStep[]
  readonly samples: number
  readonly bufferMs: number
}

/** Runs in the page: renders worklet.js at 24 kHz, faster than real time. Returns the sound, and what the processor reported. */
export async function renderOffline({ steps, samples, bufferMs }: OfflineRun): Promise<{
  readonly heard: number[]
  readonly reports: unknown[]
}> {
  const context = new OfflineAudioContext(1, samples, 24_000)
  await context.audioWorklet.addModule('/obeyed.js')
  await context.audioWorklet.addModule('/worklet.js')
  const node = new AudioWorkletNode(context, 'livegate-speaker', {
    numberOfInputs: 0,
    outputChannelCount: [1],
    processorOptions: { bufferMs },
  })
  node.connect(context.destination)
  const reports: { readonly type: string }[] = []
  let obeyed = (): void => {}
  node.port.onmessage = ({ data }) => {
    if (data.type === 'obeyed') obeyed()
    else reports.push(data)
  }
  // The render clock stops until the processor has carried out the command.
  for (const atSample of new Set(steps.map((step) => step.atSample ?? 0))) {
    void context.suspend(atSample / 24_000).then(async () => {
      for (const step of steps) {
        if ((step.atSample ?? 0) !== atSample) continue
        const { command } = step
        const done = new Promise<void>((resolve) => {
          obeyed = resolve
        })
        node.port.postMessage(
          command.type === 'play' ? { ...command, bytes: Uint8Array.from(command.bytes) } : command,
        )
        await done
      }
      await context.resume()
    })
  }
  const rendered = await context.startRendering()
  return { heard: Array.from(rendered.getChannelData(0)), reports }
}
