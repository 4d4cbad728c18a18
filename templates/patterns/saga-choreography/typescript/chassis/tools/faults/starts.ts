import type { SagaDefinition } from '@app/chassis/saga';
import type { Sent } from './mail.ts';

/** What makes step `index`, at the most the pivot, begin: the event that ends the one before. */
export function startOf({ initiator, started, steps }: SagaDefinition, index: number): Sent {
  const before = steps[index - 1];
  return before
    ? { from: before.service, type: before.succeeded.type }
    : { from: initiator, type: started.type };
}

/** What it needs beside that; its participant forgets it when the saga is over. */
export function alsoNeeded({ initiator, started }: SagaDefinition, index: number): Sent[] {
  return index === 0 ? [] : [{ from: initiator, type: started.type }];
}
