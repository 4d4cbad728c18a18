export * from './api.ts';
export * from './canonical.ts';
export * from './message.ts';
export * from './serves.ts';
