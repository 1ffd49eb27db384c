import { LivegateError } from '@livegate/core'
import type { Peer } from './peer.ts'

/**
 * What not every transport can do:
 *
 * - `bufferedAmount`: it tells how much it has not sent yet;
 * - `closeFrame`: the server's end carries a code and a reason;
 * - `malformedFrames`: the server can send what is no message;
 * - `signal`: opening it takes an `AbortSignal`.
 */
export type Feature = 'bufferedAmount' | 'closeFrame' | 'malformedFrames' | 'signal'

/** The features that a transport lacks, each with the reason, which the scenario's `skip` tells. */
export type Features = { readonly [feature in Feature]?: { readonly missing: string } }

/** What of a peer a feature is tested with, besides what every peer has. */
export const peerMethods: { readonly [feature in Feature]: readonly (keyof Peer)[] } = {
  bufferedAmount: ['pause', 'resume'],
  closeFrame: [],
  malformedFrames: ['sendMalformed'],
  signal: [],
}

/** @throws {LivegateError} `invalid-options`, for a feature that is none, and one that is missing for no reason. */
export function checkFeatures(features: Features): void {
  const known = Object.keys(peerMethods)
  for (const [feature, lack] of Object.entries(features)) {
    if (!known.includes(feature)) {
      throw new LivegateError('invalid-options', 'features', `of ${known.join(', ')}`, feature)
    }
    const reason: unknown = lack?.missing
    if (typeof reason !== 'string' || reason.trim() === '') {
      const expected = '{ missing: the reason, in words }; leave it out where the transport has it'
      throw new LivegateError('invalid-options', `features.${feature}`, expected, lack)
    }
  }
}
