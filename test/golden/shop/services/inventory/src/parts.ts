// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { http } from '@app/chassis/http';
import { messaging } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import * as handlers from './handlers.ts';
import { inventories } from './routes.ts';

const routes = [inventories];

export const parts = [
  messaging({
    channels,
    handlers: Object.values(handlers),
  }),
  http({ routes }),
];
