import type { Channel } from '@app/chassis/messaging';

/** Every channel and the consumer groups that read it: all have to be there before anything is sent. */
export const channels: readonly Channel[] = [
  { name: 'user-events', kind: 'events', groups: [] },
  { name: 'orders', kind: 'commands', groups: ['order-processor'] },
  { name: 'order-replies', kind: 'replies', groups: ['order-processor'] },
  { name: 'order-events', kind: 'events', groups: [] },
  { name: 'inventories', kind: 'commands', groups: ['inventory-processor'] },
  { name: 'payments', kind: 'commands', groups: ['payment-processor'] },
];
