import { LivegateError } from '@livegate/core'
import type { Peer } from './peer.ts'

/**
 * The features that not every transport has:
 *
 * - `bufferedAmount`: it reports how many bytes it has not sent yet;
 * - `closeFrame`: the server closes with a code and a reason;
 * - `malformedFrames`: the server can send frames that are not messages;
 * - `signal`: it takes an `AbortSignal` while it opens.
 */
export type Feature = 'bufferedAmount' | 'closeFrame' | 'malformedFrames' | 'signal'

/** The features that a transport lacks, each with the reason, which becomes the scenario's `skip`. */
export type Features = { readonly [feature in Feature]?: { readonly missing: string } }

/** The optional methods of a peer that the test of each feature needs. */
export const peerMethods: { readonly [feature in Feature]: readonly (keyof Peer)[] } = {
  bufferedAmount: ['pause', 'resume'],
  closeFrame: [],
  malformedFrames: ['sendMalformed'],
  signal: [],
}

/** @throws {LivegateError} `invalid-options`, for an unknown feature, and for a missing one without a reason. */
export function checkFeatures(features: Features): void {
  const known = Object.keys(peerMethods)
  for (const [feature, lack] of Object.entries(features)) {
    if (!known.includes(feature)) {
      throw new LivegateError('invalid-options', 'features', `of ${known.join(', ')}`, feature)
    }
    const reason: unknown = lack?.missing
    if (typeof reason !== 'string' || reason.trim() === '') {
      const expected = '{ missing: the reason, in words }; leave it out if the transport has it'
      throw new LivegateError('invalid-options', `features.${feature}`, expected, lack)
    }
  }
}
