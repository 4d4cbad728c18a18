export * from './client.ts';
export * from './context.ts';
export * from './failure.ts';
export { purgeKeys } from './idempotency.ts';
export { fillPath } from './path.ts';
export * from './perform.ts';
export * from './protocols.ts';
export * from './route.ts';
export * from './storage.ts';
