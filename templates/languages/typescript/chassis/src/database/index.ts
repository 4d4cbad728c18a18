export * from './infrastructure.ts';
export * from './migrate.ts';
export * from './now.ts';
export * from './pool.ts';
export * from './text.ts';
export * from './tx.ts';
