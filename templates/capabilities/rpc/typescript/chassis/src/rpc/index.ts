export type { CallContext } from './call.ts';
export { type Client, client } from './client.ts';
export * from './guard.ts';
export { calls } from './part.ts';
export type { Policy } from './policy.ts';
export type { Attempt, Protocol } from './protocol.ts';
export { type Endpoint, fromEnvironment, type Resolver, type ResolverOf } from './resolver.ts';
