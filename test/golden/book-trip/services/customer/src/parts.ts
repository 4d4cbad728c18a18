// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { http } from '@app/chassis/http';
import { announces, messaging } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { CustomerCreated } from '@app/contracts/customer-events';
import { customers } from './routes.ts';

const routes = [announces(customers, { createCustomer: ({ id }) => CustomerCreated({ customerId: id }) })];

export const parts = [
  messaging({
    channels,
    handlers: [],
  }),
  http({ routes }),
];
