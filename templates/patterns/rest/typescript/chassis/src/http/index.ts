export { serves } from '../contract/serves.ts';
export { rest } from './client/rest.ts';
export * from './deadline.ts';
export * from './openapi.ts';
export { type HttpOptions, http } from './part.ts';
