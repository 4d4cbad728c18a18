/** Refuses a saga whose name the modules of its initiator have for something else. */

import { SpecError, type SpecPath } from '../spec/input.ts';
import type { PlannedSaga, PlannedService } from './plan.ts';

/** What these modules do with the resource, each a function or a type. */
const verbs = ['find', 'get', 'insert', 'new', 'settle'];

/** @throws SpecError where the saga, or a service that takes part in it, cannot have its name */
export function checkSagaNames(saga: PlannedSaga, services: readonly PlannedService[]): void {
  const initiator = saga.initiator.name;
  const refuse = (path: SpecPath, name: string, reason: string) => {
    throw new SpecError(path, `"${name}" ${reason}`);
  };
  const used = `is a name that the code of "${initiator}" uses itself`;
  for (const { name, plural } of services) {
    if (saga.name === plural.name) refuse(['saga', 'name'], saga.name, `is the channel of "${name}"`);
    if (name === `settle-${initiator}`) refuse(['services', name], name, used);
  }
  if (verbs.some((verb) => saga.name === `${verb}-${initiator}`)) refuse(['saga', 'name'], saga.name, used);
}
