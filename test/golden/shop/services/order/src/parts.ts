// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { http } from '@app/chassis/http';
import { messaging } from '@app/chassis/messaging';
import { calls, client } from '@app/chassis/rpc';
import { replyHandlers, sagas } from '@app/chassis/saga';
import { channels } from '@app/contracts/channels';
import { UserApi } from '@app/contracts/user';
import { placeOrder } from './flow.ts';
import * as handlers from './handlers.ts';
import { ingress } from './ingress.ts';
import { policies } from './policies.ts';
import { orders } from './routes.ts';

const users = client(UserApi, policies.user);
const routes = [orders({ users })];

export const parts = [
  calls([users]),
  messaging({
    channels,
    handlers: [...Object.values(handlers), ...replyHandlers(placeOrder)],
    ingress,
  }),
  sagas([placeOrder]),
  http({ routes }),
];
