import { api, command, operation, reply } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

const Flight = z.object({
  id: Id.describe('The trip that the steps are of'),
  steps: z.array(z.object({ step: z.string(), state: z.string() })),
});
export type Flight = z.infer<typeof Flight>;

export const FlightApi = api('flight', {
  getFlight: operation({
    summary: 'What this service has done for one trip',
    method: 'GET',
    path: '/api/flights/:id',
    input: z.object({ id: Id }),
    output: Flight,
    errors: ['NotFound'],
    example: {
      input: { id: '12345' },
      output: { id: '12345', steps: [{ step: 'a-step', state: 'HELD' }] },
    },
  }),
});

const Trip = z.object({ tripId: Id });
const common = {
  key: ({ tripId }: { tripId: string }) => tripId,
  schema: Trip,
  example: { tripId: '12345' },
};
const asking = {
  ...common,
  channel: 'flights',
  schema: Trip.extend({ fail: z.string().optional() }),
};

export const BookFlight = command('BookFlight', asking);
export const FlightBooked = reply('FlightBooked', common);
export const BookFlightRefused = reply('BookFlightRefused', {
  ...common,
  schema: Trip.extend({ reason: z.string() }),
  example: { tripId: '12345', reason: 'refused' },
});
export const CancelFlight = command('CancelFlight', asking);
export const FlightCanceled = reply('FlightCanceled', common);
