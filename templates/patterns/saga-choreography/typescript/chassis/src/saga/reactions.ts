// What makes a participant follow events: it may need several of them, which come in any order and more than once,
// and what it tells about one key is numbered.
import { fileURLToPath } from 'node:url';
import type { Message, MessageType } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import type { Part } from '../lifecycle/index.ts';
import type { CallingHandler, Handler, HandlerContext, Said } from '../messaging/index.ts';
import { retentionEnv, startPurge } from '../messaging/retention.ts';
import type { AnyMessage } from './table.ts';

type Consumes<E> = E extends MessageType<infer T> ? (data: T) => void : never;
/** The fields of all events. */
type DataOf<E extends readonly AnyMessage[]> =
  Consumes<E[number]> extends (data: infer T) => void ? T : never;

/**
 * What a handler is bound to that needs several events of one key, whichever comes last; it gets the fields of all.
 * The key and the name are those of the last one in the list: the one that no other handler needs.
 */
export function allOf<const E extends readonly [AnyMessage, ...AnyMessage[]]>(
  ...events: E
): MessageType<DataOf<E>> {
  const last = events.at(-1) as AnyMessage;
  const create = (...args: Parameters<AnyMessage>) => last(...args);
  return Object.assign(create, { ...last, events }) as MessageType<DataOf<E>>;
}

const eventsOf = (message: MessageType & { readonly events?: readonly AnyMessage[] }) =>
  message.events ?? [message];

/** Makes handlers of events for the messaging part from those of a service that takes part in a saga. */
export function reactions(handlers: readonly Handler[]): Handler[] {
  const joins = handlers.map(({ message }) => eventsOf(message)).filter((events) => events.length > 1);
  return handlers.flatMap((handler) => {
    const events = eventsOf(handler.message);
    const forgets = forgottenAfter(events, joins);
    const reacting = events.map((event) => react(handler, { event, events, forgets }));
    if (!('external' in handler)) return reacting;
    // The one by whose name its calls are found again has them; the others only ask for one.
    const calling = numbered(handler as CallingHandler, forgets);
    return reacting.map((each) =>
      each.message.type === handler.message.type ? { ...calling, ...each } : each,
    );
  });
}

/** Under which an event is noted for the handler of `events`; each has its own, to be forgotten when it has answered. */
const noteOf = (events: readonly AnyMessage[], { type }: AnyMessage) => `${events.at(-1)?.type}:${type}`;

/**
 * Notes that nobody needs once the handler of `events` has answered: its own; and after an event that leads elsewhere,
 * such as a rejection, those of handlers that still wait. Whoever needs one again is told it again.
 */
function forgottenAfter(events: readonly AnyMessage[], joins: readonly (readonly AnyMessage[])[]): string[] {
  const types = events.map(({ type }) => type);
  const over = joins.filter((join) => !join.some(({ type }) => types.includes(type)));
  const ended = events.length > 1 ? [events] : over;
  return ended.flatMap((join) => join.map((event) => noteOf(join, event)));
}

/** Keeps the table in which `reactions` notes what was told, as long as a handled message is remembered. */
export function facts(): Part {
  return {
    name: 'saga facts',
    env: retentionEnv,
    migrations: [fileURLToPath(new URL('../../migrations/facts', import.meta.url))],
    start: async ({ db, log, ...host }) => {
      const { INBOX_RETENTION: age } = retentionEnv.parse(host.env);
      const purge = startPurge(db, { purges: [{ table: 'saga_fact', column: 'updated_at', age }], log });
      return { stalled: () => (purge.stalled() ? purge.name : undefined), drain: purge.stop };
    },
  };
}

interface Reacting {
  readonly event: AnyMessage;
  readonly events: readonly AnyMessage[];
  readonly forgets: readonly string[];
}

function react(handler: Handler, { event, events, forgets }: Reacting): Handler {
  const handle = async (data: unknown, context: HandlerContext): Promise<Said> => {
    // Before the key, as at the end of its call.
    if ('lock' in handler) await (handler as CallingHandler).lock(context);
    const key = event.key(data);
    const facts = await note(context.tx, {
      key,
      facts: events.length > 1 ? { [noteOf(events, event)]: data } : {},
    });
    const all = events.length > 1 ? events.map((each) => facts[noteOf(events, each)]) : [data];
    if (all.includes(undefined)) {
      context.log.info({ needs: events.map(({ type }) => type) }, 'event noted, others have to come first');
      return;
    }
    return number(context.tx, {
      key,
      said: await handler.handle(Object.assign({}, ...all), context),
      forgets,
    });
  };
  return { message: event, handle };
}

function numbered(handler: CallingHandler, forgets: readonly string[]): CallingHandler {
  const { external, message } = handler;
  const after: typeof external.after = async (data, result, context) =>
    number(context.tx, {
      key: message.key(data),
      said: await external.after(data, result, context),
      forgets,
    });
  return { ...handler, external: { ...external, after } };
}

/** Adds to what is known about a key and gives all of it. Locks the key until the transaction ends. */
async function note(
  tx: Tx,
  { key, facts }: { key: string; facts: Record<string, unknown> },
): Promise<Record<string, unknown>> {
  const { rows } = await tx.query<{ facts: Record<string, unknown> }>(
    `INSERT INTO saga_fact AS known (key, facts) VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET facts = known.facts || excluded.facts, updated_at = clock_timestamp()
     RETURNING facts`,
    [key, facts],
  );
  return rows[0]?.facts ?? {};
}

/** Gives each event the next version of its key, so that a reader tells old from new, and forgets what led to it. */
async function number(
  tx: Tx,
  { key, said, forgets }: { key: string; said: Said; forgets: readonly string[] },
): Promise<Said> {
  const messages: readonly Message[] = said === undefined ? [] : 'type' in said ? [said] : said;
  if (messages.length === 0) return;
  const { rows } = await tx.query<{ version: number }>(
    'UPDATE saga_fact SET version = version + $2, facts = facts - $3::text[] WHERE key = $1 RETURNING version',
    [key, messages.length, forgets],
  );
  const first = (rows[0]?.version ?? messages.length) - messages.length;
  return messages.map((message, index) => ({ aggregateVersion: first + index + 1, ...message }));
}
