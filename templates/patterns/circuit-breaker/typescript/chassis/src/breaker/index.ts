export { type BreakerOptions, breaker } from './breaker.ts';
