/** Who decides when the user speaks: the server, by activity detection, or the user, with a button. */
export type Mode = 'hands-free' | 'push-to-talk'

export const modes: readonly Mode[] = ['hands-free', 'push-to-talk']
