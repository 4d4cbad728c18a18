export * from './api.ts';
export * from './message.ts';
export * from './serves.ts';
