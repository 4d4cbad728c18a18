export * from './infrastructure.ts';
export * from './migrate.ts';
export * from './pool.ts';
export * from './tx.ts';
