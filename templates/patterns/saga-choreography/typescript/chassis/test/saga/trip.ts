// The saga of these tests: two steps that can be undone, the pivot, and one that has to succeed.
import { z } from 'zod';
import { event, type MessageType } from '../../src/contract/index.ts';
import { type SagaDefinition, type Step, saga } from '../../src/saga/index.ts';

const schema = z.object({ tripId: z.string() });
const options = { schema, key: ({ tripId }: { tripId: string }) => tripId, example: { tripId: '1' } };
const refusal = {
  ...options,
  schema: schema.extend({ reason: z.string() }),
  example: { tripId: '1', reason: 'full' },
};

const tells = (type: string, service: string): MessageType<{ tripId: string }> =>
  event(type, { ...options, channel: `${service}-events` });
const refuses = (type: string, service: string) => event(type, { ...refusal, channel: `${service}-events` });

export const TripAccepted = event('TripAccepted', {
  ...options,
  channel: 'trip-events',
  schema: schema.extend({ seats: z.int().default(1) }),
  example: { tripId: '1', seats: 1 },
});
export const TripConfirmed = tells('TripConfirmed', 'trip');
export const TripRejected = refuses('TripRejected', 'trip');

export const hotel: Step = {
  service: 'hotel',
  succeeded: tells('HotelReserved', 'hotel'),
  refused: refuses('HotelRefused', 'hotel'),
  undone: tells('HotelCancelled', 'hotel'),
};
export const car: Step = {
  service: 'car',
  succeeded: event('CarReserved', {
    ...options,
    channel: 'car-events',
    schema: schema.extend({ plate: z.string() }),
    example: { tripId: '1', plate: 'A 1' },
  }),
  refused: refuses('CarRefused', 'car'),
  undone: tells('CarCancelled', 'car'),
};
export const flight: Step = {
  service: 'flight',
  succeeded: tells('FlightBooked', 'flight'),
  refused: refuses('FlightRefused', 'flight'),
  undone: tells('FlightCancelled', 'flight'),
  pivot: true,
};
export const tickets: Step = { service: 'hotel', succeeded: tells('TicketsSent', 'hotel') };
export const insurance: Step = { service: 'insurance', succeeded: tells('TripInsured', 'insurance') };

/** Like `flight`, but what it did cannot be undone. */
export const finalFlight: Step = {
  service: 'flight',
  succeeded: flight.succeeded,
  refused: refuses('FlightRefused', 'flight'),
  pivot: true,
};

/** A saga of these steps. */
export function trip(
  steps: readonly Step[] = [hotel, car, flight, tickets],
  { version = 1 }: { version?: number } = {},
): SagaDefinition<{ tripId: string; seats: number }> {
  return saga('book-trip', {
    initiator: 'trip',
    version,
    started: TripAccepted,
    confirmed: TripConfirmed,
    rejected: TripRejected,
    key: ({ tripId }) => tripId,
    deadline: '30s',
    retry: { first: '10s', max: '10m', stuckAfter: 3 },
    steps,
    confirm: async (_tx, { tripId }) => TripConfirmed({ tripId }, { aggregateVersion: 2 }),
    reject: async (_tx, { tripId }, reason) => TripRejected({ tripId, reason }, { aggregateVersion: 2 }),
  });
}
