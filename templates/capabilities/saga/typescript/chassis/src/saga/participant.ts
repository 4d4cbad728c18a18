// A participant's guard. Its commands come more than once and in any order, so one row per step and
// business key decides between the action and its compensation: SELECT ... FOR UPDATE would lock nothing
// while the row is missing, the primary key does.
import type { Tx } from '../database/index.ts';
import { conflict } from '../errors/index.ts';

/** What an action has to say: done, with the facts that undoing it will need, or refused. */
export type Outcome = { readonly ok: true } | Refusal;

interface Refusal {
  readonly ok: false;
  readonly reason: string;
}

interface StepKey {
  /** Name of the step inside this service, 'reserve'. */
  readonly step: string;
  /** Business key, the same for the action and its compensation. */
  readonly key: string;
}

interface StepRow {
  state: 'HELD' | 'REFUSED' | 'DONE' | 'UNDONE' | 'TOMBSTONE';
  outcome: unknown;
}

const CANCELLED: Refusal = { ok: false, reason: 'cancelled' };

/**
 * Runs `action` at most once per step and key, in the caller's transaction, and returns its outcome; a repeated
 * command gets the stored one. Refused as 'cancelled' when it has been undone, also when that came first.
 */
export async function perform<const O extends Outcome>(
  tx: Tx,
  { step, key, action }: StepKey & { readonly action: () => Promise<O> },
): Promise<O | Refusal> {
  if (!(await claim(tx, { step, key, state: 'HELD' }))) {
    const { state, outcome } = await read(tx, { step, key });
    return state === 'UNDONE' || state === 'TOMBSTONE' ? CANCELLED : (outcome as O);
  }
  const outcome = await action();
  await tx.query('UPDATE saga_step SET state = $3, outcome = $4 WHERE step = $1 AND key = $2', [
    step,
    key,
    outcome.ok ? 'HELD' : 'REFUSED',
    outcome,
  ]);
  return outcome;
}

/**
 * Takes a step back: runs `action` with the facts of what was performed, once. Where nothing was performed yet it
 * leaves a tombstone, so that a late command is refused; where it was refused or undone it does nothing.
 */
export async function undo<F extends object>(
  tx: Tx,
  { step, key, action }: StepKey & { readonly action: (done: F) => Promise<void> },
): Promise<void> {
  if (await claim(tx, { step, key, state: 'TOMBSTONE' })) return;
  const held = await leave<F>(tx, { step, key, state: 'UNDONE' });
  if (held) return action(held);
  const { state } = await read(tx, { step, key });
  if (state === 'DONE') throw conflict(`Step ${step} of ${key} is completed and cannot be undone.`);
}

/**
 * Makes a held step final: runs `action` with the facts of what was performed, once. Fails for a step that is not
 * held: nobody completes what was undone.
 */
export async function complete<F extends object>(
  tx: Tx,
  { step, key, action }: StepKey & { readonly action: (done: F) => Promise<void> },
): Promise<void> {
  const held = await leave<F>(tx, { step, key, state: 'DONE' });
  if (held) return action(held);
  const { state } = await read(tx, { step, key });
  if (state !== 'DONE') throw conflict(`Step ${step} of ${key} is ${state} and cannot be completed.`);
}

/** Whether this transaction is the first to decide; waits for a concurrent one that may be. */
async function claim(tx: Tx, { step, key, state }: StepKey & { state: StepRow['state'] }): Promise<boolean> {
  const { rowCount } = await tx.query(
    'INSERT INTO saga_step (step, key, state) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING step',
    [step, key, state],
  );
  return rowCount === 1;
}

/** Moves a held step on and returns its outcome; undefined when it is not held. */
async function leave<F>(
  tx: Tx,
  { step, key, state }: StepKey & { state: StepRow['state'] },
): Promise<F | undefined> {
  const { rows } = await tx.query<{ outcome: F }>(
    `UPDATE saga_step SET state = $3, updated_at = clock_timestamp()
      WHERE step = $1 AND key = $2 AND state = 'HELD' RETURNING outcome`,
    [step, key, state],
  );
  return rows[0]?.outcome;
}

/** As long as commands come, the row is needed: it is not yet old. */
async function read(tx: Tx, { step, key }: StepKey): Promise<StepRow> {
  const { rows } = await tx.query<StepRow & Record<string, unknown>>(
    `UPDATE saga_step SET updated_at = clock_timestamp() WHERE step = $1 AND key = $2
     RETURNING state, outcome`,
    [step, key],
  );
  if (!rows[0]) throw conflict(`Step ${step} of ${key} was never performed.`);
  return rows[0];
}
