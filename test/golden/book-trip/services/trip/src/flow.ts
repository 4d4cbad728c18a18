// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import type { Tx } from '@app/chassis/database';
import { saga, history as sagaHistory, start } from '@app/chassis/saga';
import * as flight from '@app/contracts/flight';
import * as hotel from '@app/contracts/hotel';
import { BookTrip, TripConfirmed, TripRejected } from '@app/contracts/trip';
import { type NewTrip, settleTrip } from './store.ts';

/** What follows once a trip is accepted: each step in one service, undone in reverse order when a later one is refused. */
export const bookTrip = saga('book-trip', {
  initiator: 'trip',
  data: BookTrip.schema,
  key: ({ tripId }) => tripId,
  deadline: '30s',
  steps: [
    {
      service: 'hotel',
      call: hotel.ReserveHotel,
      succeeded: hotel.HotelReserved,
      refused: hotel.ReserveHotelRefused,
      undo: hotel.CancelHotel,
      undone: hotel.HotelCanceled,
    },
    {
      service: 'flight',
      call: flight.BookFlight,
      succeeded: flight.FlightBooked,
      refused: flight.BookFlightRefused,
      undo: flight.CancelFlight,
      undone: flight.FlightCanceled,
      pivot: true,
    },
    {
      service: 'hotel',
      call: hotel.CheckInHotel,
      succeeded: hotel.HotelCheckedIn,
    },
  ],
  confirm: async (tx, { tripId }) => {
    const aggregateVersion = await settleTrip(tx, { id: tripId, status: 'CONFIRMED' });
    return TripConfirmed({ tripId }, { aggregateVersion });
  },
  reject: async (tx, { tripId }, reason) => {
    const aggregateVersion = await settleTrip(tx, { id: tripId, status: 'REJECTED', reason });
    return TripRejected({ tripId, reason }, { aggregateVersion });
  },
});

/** Starts the saga, in the transaction that stores the trip. */
export function tripAccepted(tx: Tx, accepted: NewTrip): Promise<boolean> {
  const { id, ...request } = accepted;
  return start(tx, bookTrip, { tripId: id, ...request });
}

/** What has happened to a trip so far. */
export const history = (db: Tx, id: string) => sagaHistory(db, bookTrip, id);
