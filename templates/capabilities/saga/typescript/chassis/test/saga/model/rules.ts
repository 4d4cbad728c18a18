// What has to hold of a saga in every style, whatever happens to it: all of its steps are done, or none is.
import type { Status } from '../../../src/saga/index.ts';
import type { Table } from '../../../src/saga/table.ts';
import type { StepDone } from './guard.ts';

/** A moment of a saga. */
export interface World {
  readonly status: Status;
  /** Whether it has ever been past its pivot. */
  readonly wasForward: boolean;
  /** How often its initiator has confirmed or rejected it. */
  readonly ends: number;
  readonly steps: readonly StepDone[];
}

/** By name, whether it holds. */
export type Rules = Readonly<Record<string, (world: World) => boolean>>;

export const isForward = (status: Status) => status === 'COMPLETING' || status === 'CONFIRMED';
export const isDone = ({ effect }: StepDone) => effect === 1;
const wasDone = ({ row }: StepDone) => row === 'HELD' || row === 'UNDONE';
export const isWithdrawn = ({ row }: StepDone) => row === 'UNDONE' || row === 'TOMBSTONE';

/** The rules of the sagas of a table. */
export function rulesOf({ steps: table, pivot }: Pick<Table, 'steps' | 'pivot'>): Rules {
  const isFinal = !table[pivot]?.undone;
  return {
    'a step is done at most once, and undone at most once': ({ steps }) =>
      steps.every(({ effect }) => effect === 0 || effect === 1),
    'a step waits for the one before it': ({ steps }) =>
      !steps.some((step, index) => index > 0 && wasDone(step) && !wasDone(steps[index - 1] ?? step)),
    'the saga ends once': ({ ends }) => ends <= 1,
    'no step after the pivot is done before the saga is past it': ({ wasForward, steps }) =>
      wasForward || !steps.slice(pivot + 1).some(isDone),
    'past the pivot, all up to it are done': ({ wasForward, steps }) =>
      !wasForward || steps.slice(0, pivot + 1).every(isDone),
    'past the pivot the saga only goes forward': ({ wasForward, status, steps }) =>
      !wasForward || (isForward(status) && !steps.some(isWithdrawn)),
    'a pivot without undo is not given up once it is done': ({ status, steps }) =>
      !isFinal || status !== 'COMPENSATING' || steps[pivot]?.effect !== 1,
    'a confirmed saga has done every step': ({ status, steps }) =>
      status !== 'CONFIRMED' || steps.every(isDone),
    'a rejected saga has done no step, and does none later': ({ status, steps }) =>
      status !== 'REJECTED' || !steps.some(isDone),
  };
}
