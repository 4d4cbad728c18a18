export * from './part.ts';
export { runService } from './run.ts';
export { type RunningService, type ServiceOptions, startService } from './service.ts';
export { PRODUCTION_DELAY_MS, STOP_LIMITS_MS, stopLimit } from './stop.ts';
