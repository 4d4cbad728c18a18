import { event } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

export const UserCreated = event('UserCreated', {
  channel: 'user-events',
  key: ({ userId }) => userId,
  schema: z.object({ userId: Id }),
  example: { userId: '1' },
});
