/** Settles the names of a saga: its steps, its messages, and what its initiator does at the end. */

import type { Sample } from '../catalog/catalog.ts';
import { SpecError, type SpecPath } from '../spec/input.ts';
import type { SagaSpec, Spec } from '../spec/spec.ts';
import { parseStep, type Step } from '../spec/step.ts';
import { type MessageNames, messageNames, namesOf, pluralOf } from './names.ts';
import type { PlannedEvent, PlannedSaga, PlannedStep } from './plan.ts';
import { type Words, wordsOf, wordsOfPascal } from './words.ts';

/**
 * Names everything in the saga. The derived names give way to a sample's where the sample fits the spec.
 * @throws SpecError where the saga would have the name of a service, or two messages one name.
 */
export function planSaga(spec: Spec, sample: Sample | null): PlannedSaga | null {
  if (!spec.saga) return null;
  const { name, style, initiator } = spec.saga;
  if (spec.services[name]) throw new SpecError(['saga', 'name'], `"${name}" is the name of a service`);
  const plural = spec.services[initiator]?.channel ?? pluralOf(initiator);
  const started = sample?.started ? wordsOfPascal(sample.started) : wordsOf(`${initiator}-accepted`);
  const confirmed = wordsOf(`${initiator}-confirmed`);
  const saga = {
    ...wordsOf(name),
    style,
    initiator: wordsOf(initiator),
    plural: wordsOf(plural),
    started,
    confirm: wordsOf(`confirm-${initiator}`),
    confirmed,
    reject: wordsOf(`reject-${initiator}`),
    rejected: wordsOf(`${initiator}-rejected`),
    steps: planSteps(spec.saga, { sample, started, confirmed }),
  };
  checkMessageNames(saga);
  return saga;
}

interface StepNaming {
  readonly sample: Sample | null;
  readonly started: Words;
  readonly confirmed: Words;
}

function planSteps(saga: SagaSpec, { sample, started, confirmed }: StepNaming): readonly PlannedStep[] {
  const steps = saga.steps.map((text) => parseStep(text) as Step);
  const pivot = steps.findIndex((step) => step.pivot);
  const initiator = wordsOf(saga.initiator);
  const names = steps.map((step, index) => {
    const given = sample?.names[`${step.service}.${step.action}`];
    return given ? namesOf(given) : messageNames(step, { canRefuse: index <= pivot });
  });
  /** The step before it; and for its data the start, or that there is no way back any more. */
  const eventsBefore = (index: number): readonly PlannedEvent[] => {
    const first = { event: index > pivot ? confirmed : started, service: initiator };
    const [earlier, step] = [names[index - 1], steps[index - 1]];
    if (!earlier || !step || index - 1 === pivot) return [first];
    return [first, { event: earlier.done, service: wordsOf(step.service) }];
  };
  return steps.map((step, index) => {
    return {
      ...(names[index] as MessageNames),
      key: `${step.service}.${step.action}`,
      service: wordsOf(step.service),
      action: wordsOf(step.action),
      pivot: step.pivot,
      compensatable: index < pivot,
      retriable: index > pivot,
      follows: eventsBefore(index),
    };
  });
}

/** One name means one message, in queues, diagrams and logs; and contracts have types beside their messages. */
function checkMessageNames(saga: PlannedSaga): void {
  const taken = new Map<string, string>();
  const take = (name: string, place: string, path: SpecPath) => {
    const other = taken.get(name);
    if (other)
      throw new SpecError(path, `Two messages or types would be called ${name}: of ${other} and of ${place}`);
    taken.set(name, place);
  };
  for (const { name, Pascal } of [saga.initiator, ...participantsOf(saga)]) {
    for (const type of [Pascal, `${Pascal}Api`, `${Pascal}Request`])
      take(type, `the service "${name}"`, ['services', name]);
  }
  for (const { Pascal } of [saga.started, saga.confirm, saga.confirmed, saga.reject, saga.rejected])
    take(Pascal, `the initiator "${saga.initiator.name}"`, ['saga', 'name']);
  take(saga.Pascal, `the saga "${saga.name}"`, ['saga', 'name']);
  for (const [index, step] of saga.steps.entries()) {
    for (const words of [step.command, step.done, step.refused, step.compensation, step.undone])
      if (words) take(words.Pascal, `the step "${step.key}"`, ['saga', 'steps', index]);
  }
}

function participantsOf({ steps }: PlannedSaga): readonly Words[] {
  return [...new Map(steps.map(({ service }) => [service.name, service])).values()];
}
