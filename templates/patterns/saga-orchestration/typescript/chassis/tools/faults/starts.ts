import type { SagaDefinition } from '@app/chassis/saga';
import type { Sent } from './mail.ts';

/** What makes step `index` begin: the orchestrator's command. */
export function startOf({ initiator, steps }: SagaDefinition, index: number): Sent {
  return { from: initiator, type: steps[index]?.call.type ?? '' };
}

/** What it needs beside that. */
export function alsoNeeded(_saga: SagaDefinition, _index: number): Sent[] {
  return [];
}
