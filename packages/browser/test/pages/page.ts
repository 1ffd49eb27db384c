import * as sdk from '@google/genai/web'
import * as browser from '@livegate/browser'

declare global {
  /** What tests in a page reach the package by: from a bundle, under a strict policy. */
  var livegate: typeof browser
  /** The web build of Google's SDK, to compare with. */
  var genai: typeof sdk
}

globalThis.livegate = browser
globalThis.genai = sdk
