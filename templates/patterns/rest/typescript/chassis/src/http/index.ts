export { serves } from '../contract/serves.ts';
export { purgeKeys } from './idempotency.ts';
export * from './openapi.ts';
export { type HttpOptions, http } from './part.ts';
