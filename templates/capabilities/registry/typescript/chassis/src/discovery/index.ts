export { registration } from './registration.ts';
export * from './registry.ts';
export { registered } from './resolver.ts';
