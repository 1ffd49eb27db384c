import * as browser from '@livegate/browser'

declare global {
  /** What tests in a page reach the package by: from a bundle, under a strict policy. */
  var livegate: typeof browser
}

globalThis.livegate = browser
