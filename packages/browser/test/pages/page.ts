import * as sdk from '@google/genai/web'
import * as browser from '@livegate/browser'

declare global {
  /** The bundled package, for tests in a page. */
  var livegate: typeof browser
  /** The web build of Google's SDK, for comparison. */
  var genai: typeof sdk
}

globalThis.livegate = browser
globalThis.genai = sdk
