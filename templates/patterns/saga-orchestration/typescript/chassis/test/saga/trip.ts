// The saga of these tests: two steps that can be undone, the pivot, and one that has to succeed.
import { z } from 'zod';
import { command, event, type MessageType, reply } from '../../src/contract/index.ts';
import { type SagaDefinition, type Step, saga } from '../../src/saga/index.ts';

const schema = z.object({ tripId: z.string() });
const options = { schema, key: ({ tripId }: { tripId: string }) => tripId, example: { tripId: '1' } };
const refusal = {
  ...options,
  schema: schema.extend({ reason: z.string() }),
  example: { tripId: '1', reason: 'full' },
};

type TripMessage = MessageType<{ tripId: string }>;
const ask = (type: string, channel: string): TripMessage => command(type, { ...options, channel });
const answer = (type: string): TripMessage => reply(type, options);

export const HotelReserved = answer('HotelReserved');
export const HotelRefused = reply('HotelRefused', refusal);
export const TripConfirmed = event('TripConfirmed', { ...options, channel: 'trip-events' });
export const TripRejected = event('TripRejected', { ...refusal, channel: 'trip-events' });

export const hotel: Step = {
  service: 'hotel',
  call: ask('ReserveHotel', 'hotels'),
  succeeded: HotelReserved,
  refused: HotelRefused,
  undo: ask('CancelHotel', 'hotels'),
  undone: answer('HotelCancelled'),
};
export const car: Step = {
  service: 'car',
  call: ask('ReserveCar', 'cars'),
  succeeded: reply('CarReserved', {
    ...options,
    schema: schema.extend({ plate: z.string() }),
    example: { tripId: '1', plate: 'A 1' },
  }),
  refused: reply('CarRefused', refusal),
  undo: ask('CancelCar', 'cars'),
  undone: answer('CarCancelled'),
};
export const flight: Step = {
  service: 'flight',
  call: ask('BookFlight', 'flights'),
  succeeded: answer('FlightBooked'),
  refused: reply('FlightRefused', refusal),
  undo: ask('CancelFlight', 'flights'),
  undone: answer('FlightCancelled'),
  pivot: true,
};
export const tickets: Step = {
  service: 'hotel',
  call: ask('SendTickets', 'hotels'),
  succeeded: answer('TicketsSent'),
};
export const insurance: Step = {
  service: 'insurance',
  call: ask('InsureTrip', 'insurances'),
  succeeded: answer('TripInsured'),
};

/** Like `flight`, but what it did cannot be undone. */
export const finalFlight: Step = {
  service: 'flight',
  call: flight.call,
  succeeded: flight.succeeded,
  refused: reply('FlightRefused', refusal),
  pivot: true,
};

/** A saga of these steps whose ends say TripConfirmed and TripRejected. */
export function trip(
  steps: readonly Step[] = [hotel, car, flight, tickets],
  { version = 1 }: { version?: number } = {},
): SagaDefinition<{ tripId: string }> {
  return saga('book-trip', {
    initiator: 'trip',
    version,
    data: schema,
    key: ({ tripId }) => tripId,
    deadline: '30s',
    retry: { first: '10s', max: '10m', stuckAfter: 3 },
    steps,
    confirm: async (_tx, { tripId }) => TripConfirmed({ tripId }),
    reject: async (_tx, { tripId }, reason) => TripRejected({ tripId, reason }),
  });
}
