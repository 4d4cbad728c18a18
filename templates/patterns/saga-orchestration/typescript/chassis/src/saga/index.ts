export { type Action, list, readAnswer, request, type SagaSummary, withdraw } from './admin.ts';
export * from './decide.ts';
export * from './definition.ts';
export * from './diagram.ts';
export { start } from './engine.ts';
export * from './history.ts';
export { participant, sagas } from './part.ts';
export * from './participant.ts';
export * from './replies.ts';
