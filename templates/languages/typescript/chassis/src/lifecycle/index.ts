export * from './part.ts';
export { runService } from './run.ts';
export { type RunningService, type ServiceOptions, startService } from './service.ts';
