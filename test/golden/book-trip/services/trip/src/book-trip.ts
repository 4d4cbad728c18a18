import type { Tx } from '@app/chassis/database';
import type { Trip } from '@app/contracts/trip';
import { tripAccepted } from './flow.ts';
import { findTrip, insertTrip, type NewTrip } from './store.ts';

/** Stores the trip and starts what follows from it, in one transaction; under the same id it is done once. */
export async function bookTrip(tx: Tx, accepted: NewTrip): Promise<Trip> {
  const stored = await insertTrip(tx, accepted);
  if (!stored) return (await findTrip(tx, accepted.id)) as Trip;
  await tripAccepted(tx, accepted);
  return stored;
}
