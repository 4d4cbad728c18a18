// Publishing with confirms. The broker confirms also a message that it could not route to any queue, but
// returns it first: so a return is the answer that counts.
import { type ChannelModel, type ConfirmChannel, IllegalOperationError } from 'amqplib';
import { PUBLISH_LIMIT_MS, type PublishOutcome, type TransportOptions } from '../transport.ts';
import type { Parcel } from './parcel.ts';
import { type Supervised, supervise } from './supervised.ts';

/** RabbitMQ's default `max_message_size`; at a larger one it closes the channel, with all others that are on it. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** An exchange to which we may not write is left alone for so long: each attempt closes the channel for all others. */
const DENIED_MS = 30_000;

export interface Publisher {
  readonly link: Supervised<ConfirmChannel>;
  /** Sends one message and answers in at most PUBLISH_LIMIT_MS. */
  send(parcel: Parcel): Promise<PublishOutcome>;
}

interface PublisherOptions {
  readonly connection: Supervised<ChannelModel>;
  readonly log: TransportOptions['log'];
  /** Declares the topology on each new channel, before anything is published on it. */
  readonly setup: (amqp: ConfirmChannel) => Promise<void>;
}

export function createPublisher({ connection, log, setup }: PublisherOptions): Publisher {
  const returned = new Set<string>();
  /** By exchange, those to which we may not write. What is sent there waits: a permission can be given at any time. */
  const denials = new Map<string, Denial>();
  const keyOf = (routingKey: string, id: string) => `${routingKey} ${id}`;
  const link = supervise<ConfirmChannel>({
    name: 'publisher',
    log,
    create: async () => (await connection.opened()).createConfirmChannel(),
    setup: async (amqp) => {
      returned.clear();
      amqp.on('error', (error) => {
        const exchange = deniedIn(error);
        if (exchange !== undefined) denials.set(exchange, { error, until: performance.now() + DENIED_MS });
      });
      amqp.on('return', ({ fields, properties }) =>
        returned.add(keyOf(fields.routingKey, properties.messageId)),
      );
      await setup(amqp);
    },
  });

  /** A queue of ours that is gone is declared again with a new channel, and the message is sent again. */
  function unroutable({ routingKey, declared }: Parcel): PublishOutcome {
    const error = new Error(`No queue takes what is sent to "${routingKey}"`);
    if (!declared) return refused(error);
    link.renew(error.message);
    return unknown(error);
  }

  async function send(parcel: Parcel): Promise<PublishOutcome> {
    const amqp = link.current();
    if (!amqp) return unknown(new Error(link.failure()));
    const denial = denials.get(parcel.exchange);
    if (denial && performance.now() < denial.until) return unknown(denial.error);
    if (parcel.body.length > MAX_BODY_BYTES)
      return refused(new Error(`${parcel.body.length} bytes are too many`));
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        const error = new Error(`No confirm within ${PUBLISH_LIMIT_MS} ms`);
        link.renew(error.message);
        resolve(unknown(error));
      }, PUBLISH_LIMIT_MS);
      const settle = (error: Error | null) => {
        clearTimeout(late);
        const unrouted = returned.delete(keyOf(parcel.routingKey, parcel.id));
        if (error) resolve(unknown(error));
        else resolve(unrouted ? unroutable(parcel) : { status: 'confirmed' });
      };
      try {
        publish(amqp, parcel, settle);
      } catch (error) {
        clearTimeout(late);
        // A closed channel is opened again; a name or header that cannot be encoded now never can be.
        resolve(error instanceof IllegalOperationError ? unknown(error) : refused(error as Error));
      }
    });
  }

  return { link, send };
}

interface Denial {
  readonly error: Error;
  /** Instant of the monotonic clock. */
  readonly until: number;
}

const ACCESS_REFUSED = 403;

/** The exchange to which the broker says that we may not write. */
function deniedIn({ code, message }: Error & { readonly code?: number }): string | undefined {
  const [, exchange] = /exchange '([^']*)'/.exec(message) ?? [];
  if (code !== ACCESS_REFUSED || exchange === undefined) return undefined;
  return exchange === 'amq.default' ? '' : exchange;
}

function publish(amqp: ConfirmChannel, parcel: Parcel, settle: (error: Error | null) => void): void {
  const { exchange, routingKey, body, mandatory, headers, id: messageId, type } = parcel;
  const options = { persistent: true, contentType: 'application/json', messageId, type, mandatory, headers };
  amqp.publish(exchange, routingKey, body, options, settle);
}

const unknown = (error: Error): PublishOutcome => ({ status: 'unknown', error });
const refused = (error: Error): PublishOutcome => ({ status: 'refused', error });
