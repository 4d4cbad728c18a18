export * from './database.ts';
export * from './system.ts';
export * from './until.ts';
