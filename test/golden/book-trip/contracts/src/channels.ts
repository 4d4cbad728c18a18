import type { Channel } from '@app/chassis/messaging';

/** Every channel and the consumer groups that read it: publishers declare all of them before they are ready. */
export const channels: readonly Channel[] = [
  { name: 'trips', kind: 'commands', groups: ['trip-processor'] },
  { name: 'trip-replies', kind: 'replies', groups: ['trip-processor'] },
  { name: 'trip-events', kind: 'events', groups: [] },
  { name: 'hotels', kind: 'commands', groups: ['hotel-processor'] },
  { name: 'flights', kind: 'commands', groups: ['flight-processor'] },
  { name: 'customer-events', kind: 'events', groups: [] },
];
