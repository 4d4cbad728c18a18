import type { Tx } from '@app/chassis/database';
import { type Outcome, perform, undo } from '@app/chassis/saga';
import type { Hotel } from '@app/contracts/hotel';

interface Request {
  readonly tripId: string;
  /** Step that the client wants refused, to see what happens then. */
  readonly fail?: string | undefined;
}

/** Decides on the step `hotel.reserve`, once for each trip. The business code belongs in the action. */
export function reserveHotel(tx: Tx, request: Request): Promise<Outcome> {
  return perform(tx, {
    step: 'reserve',
    key: request.tripId,
    action: async () => refusedIf(request.fail === 'hotel.reserve'),
  });
}

/** Takes the step `hotel.reserve` back; where it was never done it leaves a tombstone, so that a late command is refused. */
export function cancelHotel(tx: Tx, request: Request): Promise<void> {
  return undo(tx, {
    step: 'reserve',
    key: request.tripId,
    action: async () => {},
  });
}

/**
 * Does the step `hotel.check-in`, once for each trip. The business code belongs in the action; nothing takes the
 * trip back any more, so it cannot refuse: when it throws, it is tried again.
 */
export async function checkInHotel(tx: Tx, request: Request): Promise<void> {
  await perform<{ ok: true }>(tx, {
    step: 'check-in',
    key: request.tripId,
    action: async () => ({ ok: true }),
  });
}

function refusedIf(asked: boolean): Outcome {
  return asked ? { ok: false, reason: 'refused on request' } : { ok: true };
}

/** What was done for one trip; undefined if nothing was asked for. */
export async function findHotel(db: Tx, id: string): Promise<Hotel | undefined> {
  const sql = 'SELECT step, state FROM saga_step WHERE key = $1 ORDER BY created_at';
  const { rows } = await db.query<Hotel['steps'][number]>(sql, [id]);
  return rows.length === 0 ? undefined : { id, steps: rows };
}
