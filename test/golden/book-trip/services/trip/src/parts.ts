// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { http } from '@app/chassis/http';
import { messaging } from '@app/chassis/messaging';
import { calls, client } from '@app/chassis/rpc';
import { replyHandlers, sagas } from '@app/chassis/saga';
import { channels } from '@app/contracts/channels';
import { CustomerApi } from '@app/contracts/customer';
import { bookTrip } from './flow.ts';
import * as handlers from './handlers.ts';
import { policies } from './policies.ts';
import { trips } from './routes.ts';

const customers = client(CustomerApi, policies.customer);
const routes = [trips({ customers })];

export const parts = [
  calls([customers]),
  messaging({
    channels,
    handlers: [...Object.values(handlers), ...replyHandlers(bookTrip)],
  }),
  sagas([bookTrip]),
  http({ routes }),
];
