// A message contract: its name, where it travels, its shape and one example. Message types are
// declared once, in contracts/, and every place that names a message imports it from there.
import type { z } from 'zod';

export type MessageKind = 'command' | 'reply' | 'event';

/** What a handler has to say; messaging turns it into an envelope. */
export interface Message<T = unknown> {
  readonly type: MessageType<T>;
  readonly data: T;
  /** Version of the aggregate the event speaks of; events carry one so that readers can tell stale from new. */
  readonly aggregateVersion?: number;
}

/** Contract of one message; call it to make a message of that type. */
export interface MessageType<T = unknown> {
  (data: T, options?: { aggregateVersion?: number }): Message<T>;
  readonly type: string;
  readonly kind: MessageKind;
  /** Major version. An additive change keeps it; a breaking change is a new type beside the old one. */
  readonly version: number;
  /** Channel it is sent on. A reply has none: it goes to the `reply-to` of the command it answers. */
  readonly channel: string | undefined;
  readonly schema: z.ZodType<T>;
  /** Id of the aggregate: partition key, and the unit in which order is kept while publishing. */
  readonly key: (data: T) => string;
  readonly example: T;
}

interface MessageOptions<T> {
  readonly version?: number;
  readonly schema: z.ZodType<T>;
  readonly key: (data: NoInfer<T>) => string;
  readonly example: NoInfer<T>;
}

/** Asks one service to do something; travels on the service's own channel. */
export function command<T>(type: string, options: MessageOptions<T> & { channel: string }): MessageType<T> {
  return define('command', type, options);
}

/** Answers one command; travels on the channel named by the command's `reply-to`. */
export function reply<T>(type: string, options: MessageOptions<T>): MessageType<T> {
  return define('reply', type, options);
}

/** Tells whoever is interested what has happened; travels on `<service>-events`. */
export function event<T>(type: string, options: MessageOptions<T> & { channel: string }): MessageType<T> {
  return define('event', type, options);
}

function define<T>(
  kind: MessageKind,
  type: string,
  options: MessageOptions<T> & { channel?: string },
): MessageType<T> {
  const create = (data: T, { aggregateVersion }: { aggregateVersion?: number } = {}): Message<T> => ({
    type: messageType,
    data,
    ...(aggregateVersion === undefined ? {} : { aggregateVersion }),
  });
  const messageType: MessageType<T> = Object.assign(create, {
    type,
    kind,
    version: options.version ?? 1,
    channel: options.channel,
    schema: options.schema,
    key: options.key,
    example: options.example,
  });
  return messageType;
}
