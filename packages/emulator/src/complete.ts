/** Options once the defaults are in place. Unlike `Required`, it also rules out an explicit `undefined`. */
export type Complete<Options> = { readonly [name in keyof Options]-?: Exclude<Options[name], undefined> }
