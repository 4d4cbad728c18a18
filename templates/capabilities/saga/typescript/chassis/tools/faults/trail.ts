// All that is known of one saga: for whoever has to find out what went wrong with it.
import { edge } from '@app/chassis/edge';
import { scenario } from '../scenario.ts';
import { system as description } from '../system.ts';
import { type HistoryEntry, timeline } from '../timeline.ts';
import type { Rule } from './rules/rule.ts';
import type { TestSystem } from './system.ts';

/** So many are told in full; others are like them. */
const TOLD = 3;

export interface Trail {
  readonly key: string;
  /** The saga's log. */
  readonly log: readonly HistoryEntry[];
  /** What was said about it, in the order of time. */
  readonly messages: readonly Message[];
}

interface Message {
  /** RFC 3339. */
  readonly at: string;
  readonly from: string;
  readonly type: string;
  readonly id: string;
  readonly state: 'sent' | 'unsent' | 'parked';
  readonly handledBy: readonly string[];
}

/** Of the first ones that break a rule. */
export async function trailsOf(system: TestSystem, rules: readonly Rule[]): Promise<Trail[]> {
  const keys = new Set(rules.flatMap(({ broken }) => broken.flatMap(({ one }) => one ?? [])));
  return Promise.all([...keys].slice(0, TOLD).map((key) => trailOf(system, key)));
}

async function trailOf(system: TestSystem, key: string): Promise<Trail> {
  const log = await historyOf(system, key).catch(() => []);
  return { key, log, messages: await messagesOf(system, key) };
}

/** The saga's log, as its initiator tells it. */
export async function historyOf({ address }: TestSystem, key: string): Promise<readonly HistoryEntry[]> {
  const read = edge(address, scenario.api)[scenario.read]({ id: key });
  return ((await read) as { history?: readonly HistoryEntry[] }).history ?? [];
}

async function messagesOf(system: TestSystem, key: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (const { name: from } of description.services) {
    const { rows } = await system.db(from).query<Omit<Message, 'from' | 'handledBy' | 'at'> & { at: Date }>(
      `SELECT created_at AS at, type, id, CASE WHEN failed_at IS NOT NULL THEN 'parked'
              WHEN published_at IS NULL THEN 'unsent' ELSE 'sent' END AS state
         FROM outbox WHERE key = $1`,
      [key],
    );
    for (const { at, ...row } of rows)
      messages.push({ at: at.toISOString(), from, ...row, handledBy: await handlersOf(system, row.id) });
  }
  return messages.sort((a, b) => (a.at < b.at ? -1 : 1));
}

async function handlersOf({ db }: TestSystem, id: string): Promise<string[]> {
  const handlers: string[] = [];
  for (const { name } of description.services) {
    const { rowCount } = await db(name).query('SELECT FROM inbox WHERE id = $1', [id]);
    if (rowCount !== 0) handlers.push(name);
  }
  return handlers;
}

/** The lines that tell it. */
export function linesOf({ key, log, messages }: Trail): string[] {
  const told = messages.map(({ at, from, type, id, state, handledBy }) => {
    const by = handledBy.length > 0 ? `handled by ${handledBy.join(' and ')}` : 'handled by nobody';
    return `  ${at.slice(11, 23)} ${from} ${type} ${id}: ${state}, ${by}`;
  });
  return [key, ...(log.length > 0 ? timeline(log) : ['  no saga log']), ...told];
}
