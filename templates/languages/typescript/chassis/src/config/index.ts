export * from './duration.ts';
export * from './env.ts';
