import type { Tx } from '@app/chassis/database';
import { type Outcome, perform, undo } from '@app/chassis/saga';
import type { Flight } from '@app/contracts/flight';

interface Request {
  readonly tripId: string;
  /** Step that the client wants refused, to see what happens then. */
  readonly fail?: string | undefined;
}

/** Decides on the step `flight.book`, once for each trip. The business code belongs in the action. */
export function bookFlight(tx: Tx, request: Request): Promise<Outcome> {
  return perform(tx, {
    step: 'book',
    key: request.tripId,
    action: async () => refusedIf(request.fail === 'flight.book'),
  });
}

/** Takes the step `flight.book` back; where it was never done it leaves a tombstone, so that a late command is refused. */
export function cancelFlight(tx: Tx, request: Request): Promise<void> {
  return undo(tx, {
    step: 'book',
    key: request.tripId,
    action: async () => {},
  });
}

function refusedIf(asked: boolean): Outcome {
  return asked ? { ok: false, reason: 'refused on request' } : { ok: true };
}

/** What was done for one trip; undefined if nothing was asked for. */
export async function findFlight(db: Tx, id: string): Promise<Flight | undefined> {
  const sql = 'SELECT step, state FROM saga_step WHERE key = $1 ORDER BY created_at';
  const { rows } = await db.query<Flight['steps'][number]>(sql, [id]);
  return rows.length === 0 ? undefined : { id, steps: rows };
}
