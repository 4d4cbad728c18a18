import type { Channel } from '@app/chassis/messaging';

/** Every channel and the consumer groups that read it: all have to be there before anything is sent. */
export const channels: readonly Channel[] = [
  { name: 'trips', kind: 'commands', groups: ['trip-processor'] },
  { name: 'trip-replies', kind: 'replies', groups: ['trip-processor'] },
  { name: 'trip-events', kind: 'events', groups: [] },
  { name: 'hotels', kind: 'commands', groups: ['hotel-processor'] },
  { name: 'flights', kind: 'commands', groups: ['flight-processor'] },
  { name: 'customer-events', kind: 'events', groups: [] },
];
