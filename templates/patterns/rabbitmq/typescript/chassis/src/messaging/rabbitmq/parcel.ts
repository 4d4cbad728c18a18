// A message as the broker wants it addressed. The default exchange (its name is empty) leads to the queue
// that the routing key names; events go to the exchange with their channel's name.
import { createHash } from 'node:crypto';
import { toHeaders } from '../envelope.ts';
import type { Channel, OutgoingMessage } from '../transport.ts';

export interface Parcel {
  readonly exchange: string;
  readonly routingKey: string;
  /** Whether a queue must take it: an event that nobody reads is dropped, and that is right. */
  readonly mandatory: boolean;
  /** Whether we declare the queue ourselves: then it can be missing for a moment only. */
  readonly declared: boolean;
  /** AMQP's properties; of what is too long for one the headers have all. */
  readonly id: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Content = Pick<Parcel, 'id' | 'type' | 'headers' | 'body'>;

/** For one queue that we declare. */
export function toQueue(queue: string, { id, type, headers, body }: Content): Parcel {
  return {
    exchange: '',
    routingKey: queue,
    mandatory: true,
    declared: true,
    id: property(id),
    type: property(type),
    headers,
    body,
  };
}

/** A foreign sender's header may be longer than the 255 bytes of a property. */
function property(text: string): string {
  return Buffer.byteLength(text) <= 255 ? text : createHash('sha256').update(text).digest('hex');
}

/** For wherever the message's channel leads; a channel that we don't know is a queue of someone else. */
export function toChannel(channel: Channel | undefined, message: OutgoingMessage): Parcel {
  const { envelope, body } = message;
  const content = {
    id: envelope.id,
    type: envelope.type,
    headers: toHeaders(envelope),
    body: Buffer.from(body),
  };
  if (!channel) return { ...toQueue(message.channel, content), declared: false };
  if (channel.kind !== 'events') return toQueue(channel.name, content);
  const mandatory = channel.groups.length > 0;
  return { ...toQueue(envelope.type, content), exchange: channel.name, mandatory };
}
