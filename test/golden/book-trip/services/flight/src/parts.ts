// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { http } from '@app/chassis/http';
import { messaging } from '@app/chassis/messaging';
import { participant } from '@app/chassis/saga';
import { channels } from '@app/contracts/channels';
import * as handlers from './handlers.ts';
import { flights } from './routes.ts';

const routes = [flights];

export const parts = [
  participant(),
  messaging({
    channels,
    handlers: Object.values(handlers),
  }),
  http({ routes }),
];
