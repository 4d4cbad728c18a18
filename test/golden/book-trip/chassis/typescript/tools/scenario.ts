// What `npm run demo` plays: requests to one service, and the end each of them must come to.
import { TripApi } from '@app/contracts/trip';

export interface Play {
  readonly title: string;
  readonly request: object;
  readonly expected: {
    readonly status: string;
    /** What the history must show by then. */
    readonly step: string;
    readonly result: string;
  };
}

const request = { customerId: '1' };

export const scenario = {
  service: 'trip',
  api: TripApi,
  /** The operation that starts a saga, and the one that shows how it goes. */
  start: 'bookTrip',
  read: 'getTrip',
  plays: [
    {
      title: 'One trip that is confirmed',
      request,
      expected: { status: 'CONFIRMED', step: 'CheckInHotel', result: 'succeeded' },
    },
    {
      title: 'Refused at flight.book: what was done before is undone',
      request: { ...request, fail: 'flight.book' },
      expected: { status: 'REJECTED', step: 'CancelHotel', result: 'undone' },
    },
  ] satisfies Play[],
} as const;
