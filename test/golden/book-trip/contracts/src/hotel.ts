import { api, command, operation, reply } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

const Hotel = z.object({
  id: Id.describe('The trip that the steps are of'),
  steps: z.array(z.object({ step: z.string(), state: z.string() })),
});
export type Hotel = z.infer<typeof Hotel>;

export const HotelApi = api('hotel', {
  getHotel: operation({
    summary: 'What this service has done for one trip',
    method: 'GET',
    path: '/api/hotels/:id',
    input: z.object({ id: Id }),
    output: Hotel,
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
  channel: 'hotels',
  schema: Trip.extend({ fail: z.string().optional() }),
};

export const ReserveHotel = command('ReserveHotel', asking);
export const HotelReserved = reply('HotelReserved', common);
export const ReserveHotelRefused = reply('ReserveHotelRefused', {
  ...common,
  schema: Trip.extend({ reason: z.string() }),
  example: { tripId: '12345', reason: 'refused' },
});
export const CancelHotel = command('CancelHotel', asking);
export const HotelCanceled = reply('HotelCanceled', common);

export const CheckInHotel = command('CheckInHotel', asking);
export const HotelCheckedIn = reply('HotelCheckedIn', common);
