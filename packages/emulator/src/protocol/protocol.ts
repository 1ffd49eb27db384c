import { clientMessages } from './client-messages.ts'
import { contentMessages } from './content-messages.ts'
import type { MessageOf, Schema } from './schema.ts'
import { serverMessages } from './server-messages.ts'

type Protocol = typeof contentMessages & typeof clientMessages & typeof serverMessages

/** The messages of BidiGenerateContent that the emulator knows, of both sides. */
export const protocol: Protocol = { ...contentMessages, ...clientMessages, ...serverMessages }

protocol satisfies Schema

/** The names of the protocol's messages. */
export type MessageName = keyof Protocol

/** A message of the protocol, as read. */
export type Message<Name extends MessageName> = MessageOf<Protocol, Name>
