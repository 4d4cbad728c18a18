import type { Tx } from '@app/chassis/database';
import type { Trip } from '@app/contracts/trip';
import { tripAccepted } from './flow.ts';
import { insertTrip, type NewTrip } from './store.ts';

/** Stores the trip and starts what follows from it, in one transaction. */
export async function bookTrip(tx: Tx, accepted: NewTrip): Promise<Trip> {
  const stored = await insertTrip(tx, accepted);
  await tripAccepted(tx, accepted);
  return stored;
}
