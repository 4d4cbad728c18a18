// Loaded before trip by a drill that has a reset timeout of its own: the guard of its calls is made anew,
// for that run only.
import { env } from 'node:process';
import { breaker } from '@app/chassis/breaker';
import type { Duration } from '@app/chassis/config';
import { policies } from '../../../../services/trip/src/policies.ts';

const resetTimeout = env.DRILL_RESET_TIMEOUT as Duration;

Object.assign(policies.customer, { breaker: breaker({ threshold: 5, resetTimeout }) });
