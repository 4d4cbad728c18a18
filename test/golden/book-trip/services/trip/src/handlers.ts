import { handles } from '@app/chassis/messaging';
import { BookTrip } from '@app/contracts/trip';
import { bookTrip as start } from './book-trip.ts';

/**
 * A request that comes as a message, from another system for instance. What it names is not looked up in the services
 * that know it: its sender vouches for that.
 */
export const bookTrip = handles(BookTrip, async ({ tripId, ...request }, { tx }) => {
  await start(tx, { id: tripId, ...request });
});
