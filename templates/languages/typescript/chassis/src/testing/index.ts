export * from './database.ts';
export { embedded } from './embedded.ts';
export * from './system.ts';
export * from './until.ts';
