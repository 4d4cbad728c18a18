import { api, command, event, operation } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

/** What a client asks for. `fail` names a step that is to refuse, to see what happens then. */
const TripRequest = z.object({
  customerId: Id,
  fail: z.string().max(200).optional(),
});

const HistoryEntry = z.object({
  at: z.iso.datetime(),
  service: z.string(),
  step: z.string(),
  result: z.string(),
  reason: z.string().optional(),
});

const Trip = z.object({
  id: Id,
  status: z.enum(['PENDING', 'CONFIRMED', 'REJECTED']),
  reason: z.string().optional(),
  createdAt: z.iso.datetime(),
});
export type Trip = z.infer<typeof Trip>;

const request = { customerId: '1' };
const first = { at: '2030-01-01T12:00:00.010Z', result: 'started' };
const accepted: Trip = { id: '12345', status: 'PENDING', createdAt: '2030-01-01T12:00:00.000Z' };

export const TripApi = api('trip', {
  bookTrip: operation({
    summary: 'Starts the saga book-trip; it is settled later',
    method: 'POST',
    path: '/api/trips',
    status: 202,
    location: ({ id }) => `/api/trips/${id}`,
    input: TripRequest,
    output: Trip,
    idempotencyKey: true,
    errors: ['Unprocessable', 'Unavailable', 'DeadlineExceeded'],
    example: { input: request, output: accepted },
  }),
  getTrip: operation({
    summary: 'One trip and the history of its saga',
    method: 'GET',
    path: '/api/trips/:id',
    input: z.object({ id: Id }),
    output: Trip.extend({ history: z.array(HistoryEntry) }),
    watch: { name: 'watchTrip', settled: ({ status }) => status !== 'PENDING' },
    errors: ['NotFound'],
    example: {
      input: { id: '12345' },
      output: {
        ...accepted,
        history: [{ ...first, service: 'trip', step: 'book-trip' }],
      },
    },
  }),
});

const key = ({ tripId }: { tripId: string }) => tripId;

export const BookTrip = command('BookTrip', {
  channel: 'trips',
  key,
  schema: TripRequest.extend({ tripId: Id }),
  example: { ...request, tripId: '12345' },
});

export const TripConfirmed = event('TripConfirmed', {
  channel: 'trip-events',
  key,
  schema: z.object({ tripId: Id }),
  example: { tripId: '12345' },
});
export const TripRejected = event('TripRejected', {
  channel: 'trip-events',
  key,
  schema: z.object({ tripId: Id, reason: z.string() }),
  example: { tripId: '12345', reason: 'refused' },
});
