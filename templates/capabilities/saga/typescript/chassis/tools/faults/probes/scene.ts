// What probes have in common: placing one, bringing a moment about, and seeing what came of it.
import type { Database, Tx } from '@app/chassis/database';
import type { Case } from '../customers.ts';
import type { Letter } from '../mail.ts';
import { RETRY_MS, settle } from '../settle.ts';
import type { Storm } from '../storm.ts';
import { type Request, requests, subject } from '../subject.ts';
import type { Victim } from '../victim.ts';
import { wait } from '../wait.ts';
import { Broken } from './probe.ts';

/** A request that nothing stands against. */
export function eligible({ random }: Storm): Request {
  return random.pick(requests.filter(({ refusal }) => refusal === undefined));
}

/** Whether the saga can turn back once its pivot may have been done. */
export const isUndoable = () => subject.saga.steps[subject.saga.pivot]?.undone !== undefined;

/** The message that asks for it, as another system would send it. */
export function commandFor(key: string, { body }: Request): Letter {
  const { command, key: field } = subject;
  const payload = JSON.stringify({ [field]: key, ...body });
  return { id: key, key, type: command.type, channel: command.channel ?? '', payload };
}

/** Waits for what the mechanism must bring about. @throws Broken after the limit, with what did not come */
export async function expectSoon(
  { system: { signal } }: Storm,
  condition: () => Promise<boolean> | boolean,
  { limitMs, what }: { limitMs: number; what: string },
): Promise<void> {
  await wait(condition, { limitMs, what, signal }).catch((error) => {
    signal.throwIfAborted();
    throw new Broken(`not within ${limitMs / 1000} s: ${what}`, { cause: error });
  });
}

/** Waits for the moment that a probe needs; that it does not come is the probe's own fault. */
export async function arrange(
  { system: { signal } }: Storm,
  condition: () => Promise<boolean> | boolean,
  what: string,
): Promise<void> {
  await wait(condition, { limitMs: 60_000, what, signal });
}

export async function statusOf({ system }: Storm, key: string): Promise<string | undefined> {
  const { rows } = await system
    .db(subject.initiator)
    .query<{ status: string }>('SELECT status FROM saga WHERE name = $1 AND key = $2', [
      subject.saga.name,
      key,
    ]);
  return rows[0]?.status;
}

/** Waits until its saga has ended as it must. */
export async function expectEnd(
  storm: Storm,
  { id, expected }: Pick<Case, 'id' | 'expected'>,
  limitMs: number,
): Promise<void> {
  let status: string | undefined;
  const ended = async () => {
    status = await statusOf(storm, id ?? '');
    return status === 'CONFIRMED' || status === 'REJECTED';
  };
  await expectSoon(storm, ended, { limitMs, what: `${subject.noun} ${id} has ended` });
  if (expected !== 'either' && status !== expected.toUpperCase())
    throw new Broken(`${subject.noun} ${id} is ${status}; ${expected} is right`);
}

/** @throws Broken with what came of the first that had to be sent again */
export function expectTakenAtOnce(cases: readonly Case[]): void {
  const again = cases.filter(({ failures, problem }) => failures.length > 0 || problem !== undefined);
  if (again.length > 0)
    throw new Broken(
      `${again.length} of ${cases.length} requests were not taken at once: ${again[0]?.problem ?? again[0]?.failures.join('; ')}`,
    );
}

/** The saga's deadline is now. */
export async function letDeadlinePass({ system }: Storm, key: string): Promise<void> {
  await system
    .db(subject.initiator)
    .query('UPDATE saga SET deadline_at = clock_timestamp() WHERE key = $1 AND deadline_at IS NOT NULL', [
      key,
    ]);
}

/** How many sagas there are. */
export async function sagas({ system }: Storm): Promise<number> {
  const { rows } = await system
    .db(subject.initiator)
    .query<{ count: number }>('SELECT count(*)::int AS count FROM saga WHERE name = $1', [subject.saga.name]);
  return rows[0]?.count ?? 0;
}

export const instancesOf = ({ system }: Storm, service: string): readonly Victim[] =>
  system.victims.filter((victim) => victim.service === service);

/** Kills all instances of a service; `revive` waits until they are ready. */
export async function killAll(storm: Storm, service: string): Promise<{ revive(): Promise<void> }> {
  const victims = instancesOf(storm, service);
  await Promise.all(victims.map((victim) => victim.kill()));
  for (const { label } of victims) storm.journal.note({ target: label, kind: 'killed' });
  return {
    revive: async () => {
      await Promise.all(victims.map((victim) => victim.revive()));
      await storm.system.ready();
    },
  };
}

export interface Held {
  /** Whether someone waits for what is held. */
  isWaitedFor(): Promise<boolean>;
  /** Ports from which those that wait are connected to the database. */
  ports(): Promise<readonly number[]>;
  /** Ends the sessions that wait, as the end of their processes does. */
  dropWaiting(): Promise<void>;
}

/** Lets nobody write to a table while `work` runs. */
export function holding<T>(db: Database, table: string, work: (held: Held) => Promise<T>): Promise<T> {
  return hold(db, { sql: `LOCK TABLE ${table} IN EXCLUSIVE MODE` }, work);
}

/** Lets others wait for what a statement takes while `work` runs, however long that is. */
export function hold<T>(
  db: Database,
  { sql, values = [] }: { sql: string; values?: readonly unknown[] },
  work: (held: Held, tx: Tx) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await tx.query(sql, values);
    return work(heldIn(tx), tx);
  });
}

/** The instance that waits for what is held. */
export async function whoWaits({ system }: Storm, { ports }: Held): Promise<Victim> {
  const all = await ports();
  const found = system.victims.find(({ database }) => all.some((port) => database.leavesFrom(port)));
  if (!found) throw new Error('No instance waits.');
  return found;
}

interface OwnMessage {
  readonly service: string;
  readonly id: string;
}

/** Lets a service not handle one of its own messages while `work` runs: whoever tries has to wait. */
export function holdingMessage<T>(
  storm: Storm,
  message: OwnMessage,
  work: (held: Held) => Promise<T>,
): Promise<T> {
  return replacingMessage(storm, message, async (held, tx) => {
    const result = await work(held);
    await tx.query('DELETE FROM inbox WHERE id = $1', [message.id]);
    return result;
  });
}

/** As `holdingMessage`, and then its id turns out to be another message's. */
export function replacingMessage<T>(
  { system }: Storm,
  { service, id }: OwnMessage,
  work: (held: Held, tx: Tx) => Promise<T>,
): Promise<T> {
  const sql = "INSERT INTO inbox (consumer, source, id, content) VALUES ($1, $2, $3, '')";
  return hold(system.db(service), { sql, values: [`${service}-processor`, service, id] }, work);
}

function heldIn(tx: Tx): Held {
  const waiting =
    'SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))';
  return {
    isWaitedFor: async () => ((await tx.query(waiting)).rowCount ?? 0) > 0,
    ports: async () => {
      const sql = `SELECT client_port AS port FROM pg_stat_activity WHERE pid IN (${waiting})`;
      return (await tx.query<{ port: number }>(sql)).rows.map(({ port }) => port);
    },
    dropWaiting: async () => {
      await tx.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS sessions`);
    },
  };
}

/** Nothing of earlier work is left that could be taken for a probe's, unless it does not end in time. */
export async function calm({ system, inFlight }: Storm, limitMs = RETRY_MS): Promise<void> {
  await settle(system, { limitMs, unknownEnds: inFlight });
}
