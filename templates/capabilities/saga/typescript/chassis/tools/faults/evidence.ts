// All that is known of a run once it has settled, as it was found. What must be true of it is for `verify` to say.
import { edge } from '@app/chassis/edge';
import type { DeadLetter } from '@app/chassis/messaging';
import type { Entry } from '@app/chassis/saga';
import { scenario } from '../scenario.ts';
import { system as description } from '../system.ts';
import type { HistoryEntry } from '../timeline.ts';
import { byKey } from './by-key.ts';
import type { Case } from './customers.ts';
import { books, subject } from './subject.ts';
import type { TestSystem } from './system.ts';
import { listAllDeadLetters, type Witness } from './witness.ts';

/** What the run did. */
export interface Run {
  readonly cases: readonly Case[];
  /** Those of them that came by chance. */
  readonly byChance: readonly Case[];
  /** Ids of the messages that nobody can read. */
  readonly poison: readonly string[];
}

/** And what came of it. */
export interface Evidence extends Run {
  /** By id: what the API tells, or why it does not. */
  readonly told: ReadonlyMap<string, Told | Error>;
  /** By key: the status of every saga that there is. */
  readonly sagas: ReadonlyMap<string, string>;
  readonly ledgers: readonly Ledger[];
  /** By key: the events that the initiator wrote, and those that a consumer of them got. */
  readonly said: ReadonlyMap<string, readonly Event[]>;
  readonly heard: ReadonlyMap<string, readonly Event[]>;
  readonly effects: readonly Effect[];
  readonly outboxes: readonly Outbox[];
  readonly deadLetters: readonly Pick<DeadLetter, 'id' | 'type' | 'channel' | 'reason'>[];
}

export interface Told {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly history?: readonly HistoryEntry[];
}

/** What a participant has noted, or what was really called outside. */
export interface Ledger {
  readonly keeper: string;
  /** What must stand in it, once, for every saga that was confirmed. */
  readonly steps: readonly string[];
  readonly entries: readonly Entry[];
  /** What is wrong with it whatever the sagas say, a sentence each. */
  readonly wrong: readonly string[];
}

export interface Event {
  readonly type: string;
  /** Of the aggregate: what is told again has the same one. */
  readonly version: number | null;
}

/** Messages of one type that a service said because of one message. */
export interface Effect {
  readonly service: string;
  readonly type: string;
  readonly key: string;
  readonly cause: string;
  readonly count: number;
}

export interface Outbox {
  readonly service: string;
  /** What was not sent; with a reason: what never will be. */
  readonly unsent: readonly { readonly seq: string; readonly type: string; readonly reason: string | null }[];
}

export async function gather(system: TestSystem, witness: Witness, run: Run): Promise<Evidence> {
  return {
    ...run,
    told: await ask(system, run.cases),
    sagas: await readSagas(system),
    ledgers: await readLedgers(system),
    said: await readEvents(system),
    heard: witness.seen,
    effects: await readEffects(system),
    outboxes: await readOutboxes(system),
    deadLetters: await listAllDeadLetters(witness.transport),
  };
}

async function ask({ address }: TestSystem, cases: readonly Case[]): Promise<Map<string, Told | Error>> {
  const client = edge(address, scenario.api);
  const told = new Map<string, Told | Error>();
  for (const { id } of cases) {
    if (id === undefined) continue;
    const answer = client[scenario.read]({ id });
    told.set(id, await answer.catch((error: Error) => error));
  }
  return told;
}

async function readSagas({ db }: TestSystem): Promise<Map<string, string>> {
  const { rows } = await db(subject.initiator).query<{ key: string; status: string }>(
    'SELECT key, status FROM saga WHERE name = $1',
    [subject.saga.name],
  );
  return new Map(rows.map(({ key, status }) => [key, status]));
}

async function readLedgers({ db, outside }: TestSystem): Promise<Ledger[]> {
  const ledgers: Ledger[] = [];
  for (const { service, steps, entries, audit } of books) {
    const wrong = (await audit?.(db(service))) ?? [];
    ledgers.push({ keeper: service, steps, entries: await entries(db(service)), wrong });
  }
  for (const [service, { steps, entries, audit }] of outside)
    ledgers.push({ keeper: `what ${service} called`, steps, entries: entries(), wrong: audit() });
  return ledgers;
}

async function readEvents({ db }: TestSystem): Promise<Map<string, readonly Event[]>> {
  const { rows } = await db(subject.initiator).query<Event & { key: string }>(
    `SELECT key, type, (headers ->> 'aggregate-version')::int AS version FROM outbox
      WHERE type = ANY($1) ORDER BY seq`,
    [[subject.confirmed, subject.rejected]],
  );
  return byKey(rows);
}

async function readEffects({ db }: TestSystem): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const { name: service } of description.services) {
    const { rows } = await db(service).query<Omit<Effect, 'service'>>(
      `SELECT type, key, headers ->> 'causation-id' AS cause, count(*)::int AS count FROM outbox
        WHERE headers ? 'causation-id' GROUP BY 1, 2, 3`,
    );
    for (const row of rows) effects.push({ service, ...row });
  }
  return effects;
}

async function readOutboxes({ db }: TestSystem): Promise<Outbox[]> {
  const outboxes: Outbox[] = [];
  for (const { name: service } of description.services) {
    const { rows: unsent } = await db(service).query<Outbox['unsent'][number]>(
      'SELECT seq, type, reason FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 20',
    );
    outboxes.push({ service, unsent });
  }
  return outboxes;
}
