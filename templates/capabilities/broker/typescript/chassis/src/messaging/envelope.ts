// What travels: CloudEvents attributes and some of our own, beside the payload. The transports carry it
// as headers; nothing else of a message is theirs to interpret.
import { unkeepable } from '../database/index.ts';

export interface Envelope {
  /** Unique together with `source`. */
  readonly id: string;
  readonly source: string;
  /** Name of the message type, the same everywhere: code, header, diagram, log. */
  readonly type: string;
  readonly schemaVersion: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  /** Channel on which a command wants its reply. */
  readonly replyTo?: string;
  readonly aggregateId: string;
  readonly aggregateVersion?: number;
  /** RFC 3339; a command is refused after this moment. */
  readonly expiresAt?: string;
  /** How often its sender has said this; absent: once. */
  readonly attempt?: number;
  readonly traceparent?: string;
}

export type Headers = Readonly<Record<string, string>>;

const NAMES: Readonly<Record<keyof Envelope, string>> = {
  id: 'id',
  source: 'source',
  type: 'type',
  schemaVersion: 'schema-version',
  time: 'time',
  correlationId: 'correlation-id',
  causationId: 'causation-id',
  replyTo: 'reply-to',
  aggregateId: 'aggregate-id',
  aggregateVersion: 'aggregate-version',
  expiresAt: 'expires-at',
  attempt: 'attempt',
  traceparent: 'traceparent',
};
const ATTRIBUTES = Object.entries(NAMES) as [keyof Envelope, string][];
const NUMBERS: ReadonlySet<string> = new Set<keyof Envelope>([
  'schemaVersion',
  'aggregateVersion',
  'attempt',
]);
const BINDING = /^(ce[-_]|cloudevents[:_])/;

/** The envelope as headers: `causationId` travels as `causation-id`, every value as text. */
export function toHeaders(
  envelope: { [A in keyof Envelope]?: Envelope[A] | undefined },
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [attribute, name] of ATTRIBUTES) {
    const value = envelope[attribute];
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

/**
 * The envelope that headers carry, or undefined when they do not say what the message is or which one.
 * Tolerant: unknown headers are left alone, a prefix of CloudEvents bindings (`ce-`, `ce_`, `cloudEvents:`) is
 * taken off, and whatever a foreign sender may omit has a default.
 */
export function fromHeaders(headers: Headers): Envelope | undefined {
  const given: Record<string, string> = {};
  for (const name in headers) given[name.toLowerCase().replace(BINDING, '')] = headers[name] as string;
  if (!given.id || !given.type) return undefined;
  const envelope: Record<string, string | number> = {
    source: '',
    schemaVersion: 1,
    time: new Date().toISOString(),
    aggregateId: given.id,
  };
  for (const [attribute, name] of ATTRIBUTES) {
    const text = given[name];
    if (text !== undefined) envelope[attribute] = NUMBERS.has(attribute) ? wholeNumber(text) : text;
  }
  return envelope as unknown as Envelope;
}

/** The header whose text PostgreSQL cannot keep. */
export const unkeepableHeader = (envelope: Envelope): string | undefined => unkeepable(toHeaders(envelope));

/** NaN for what is not one: it equals no version. */
const wholeNumber = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN);
