// What is tested: the saga, and what tells how it ended.
import type { Books } from '@app/chassis/saga';
import { BookTrip } from '@app/contracts/trip';
import { books as flight } from '../../../../services/flight/test/books.ts';
import { books as hotel } from '../../../../services/hotel/test/books.ts';
import { bookTrip } from '../../../../services/trip/src/flow.ts';

export const subject = {
  /** What one run of the saga is about, in words. */
  noun: 'trip',
  plural: 'trips',
  saga: bookTrip,
  /** Begins one from outside, by a message. */
  command: BookTrip,
  /** The field of its messages that holds its key. */
  key: 'tripId',
  initiator: 'trip',
  /** Tells how its sagas ended. */
  events: 'trip-events',
  confirmed: 'TripConfirmed',
  rejected: 'TripRejected',
  /** Table by which callers find the instances of a service, and gauge of how many of them one knows; '' where there is none. */
  instances: { table: '', metric: '' },
  /** After so many failures in a row a service is not called any more; 0: it always is. */
  threshold: 5,
};

/** Of every participant, with the steps of the saga that it does. */
export const books: readonly (Books & Required<Pick<Books, 'steps'>>)[] = [
  { steps: ['reserve', 'check-in'], ...hotel },
  { steps: ['book'], ...flight },
];

/** What customers ask for. */
export interface Request {
  /** How often it comes, beside the shares of the others. */
  readonly share: number;
  readonly body: object;
  /** Why it must be refused; absent: nothing stands against it. */
  readonly refusal?: string;
  /** What the participants must have noted where it was confirmed. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

const body = { customerId: '1' };

export const requests: readonly Request[] = [
  { share: 7, body },
  { share: 1, body: { ...body, fail: 'hotel.reserve' }, refusal: 'refused on request' },
  { share: 1, body: { ...body, fail: 'flight.book' }, refusal: 'refused on request' },
];
