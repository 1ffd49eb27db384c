import type { CDPSession, Page } from 'playwright-core'

/** What a page keeps alive. */
export interface Census {
  /** The number of objects of each class; closures count as `Function`. */
  readonly objects: Readonly<Record<string, number>>
  /** The number of listeners on each object that lives as long as the page, by its expression. */
  readonly listeners: Readonly<Record<string, number>>
  /** The size of the heap in bytes, without buffers. */
  readonly heapBytes: number
}

const objectGroup = 'census'

/** Runs in the page, on all objects. */
function countByClass(this: readonly object[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { constructor: of } of this) {
    const name = typeof of === 'function' ? of.name : 'none'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Counts what a page keeps, once nothing more can be collected. */
export async function takeCensus(page: Page, longLived: readonly string[]): Promise<Census> {
  const devtools = await page.context().newCDPSession(page)
  let census = await count(devtools, longLived)
  // Closed objects are released in later tasks.
  for (let before = -1; before !== census.total; ) {
    before = census.total
    census = await count(devtools, longLived)
  }
  await devtools.detach()
  const { objects, listeners, heapBytes } = census
  return { objects, listeners, heapBytes }
}

async function count(
  devtools: CDPSession,
  longLived: readonly string[],
): Promise<Census & { readonly total: number }> {
  const idOf = async (expression: string): Promise<string> => {
    const { result } = await devtools.send('Runtime.evaluate', { expression, objectGroup })
    return result.objectId as string
  }
  await devtools.send('HeapProfiler.collectGarbage')
  const { objects: all } = await devtools.send('Runtime.queryObjects', {
    prototypeObjectId: await idOf('Object.prototype'),
    objectGroup,
  })
  const counted = await devtools.send('Runtime.callFunctionOn', {
    objectId: all.objectId as string,
    functionDeclaration: countByClass.toString(),
    returnByValue: true,
  })
  const listeners: Record<string, number> = {}
  for (const expression of longLived) {
    const found = await devtools.send('DOMDebugger.getEventListeners', { objectId: await idOf(expression) })
    listeners[expression] = found.listeners.length
  }
  await devtools.send('Runtime.releaseObjectGroup', { objectGroup })
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize: heapBytes } = await devtools.send('Runtime.getHeapUsage')
  const objects = counted.result.value as Record<string, number>
  const total = Object.values(objects).reduce((sum, number) => sum + number, 0)
  return { objects, listeners, heapBytes, total }
}
