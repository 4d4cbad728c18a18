// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { http } from '@app/chassis/http';
import { announces, messaging } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { UserCreated } from '@app/contracts/user-events';
import { users } from './routes.ts';

const routes = [announces(users, { createUser: ({ id }) => UserCreated({ userId: id }) })];

export const parts = [
  messaging({
    channels,
    handlers: [],
  }),
  http({ routes }),
];
