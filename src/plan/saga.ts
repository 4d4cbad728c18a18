/** Settles the names of a saga: its steps, its messages, and what its initiator does at the end. */

import type { Sample } from '../catalog/catalog.ts';
import { SpecError } from '../spec/input.ts';
import type { SagaSpec, Spec } from '../spec/spec.ts';
import { parseStep, type Step } from '../spec/step.ts';
import { type MessageNames, messageNames, namesOf, pluralOf } from './names.ts';
import type { PlannedEvent, PlannedSaga, PlannedStep } from './plan.ts';
import { type Words, wordsOf, wordsOfPascal } from './words.ts';

/**
 * Names everything in the saga. The derived names give way to a sample's where the sample fits the spec.
 * @throws SpecError where two messages would have one name.
 */
export function planSaga(spec: Spec, sample: Sample | null): PlannedSaga | null {
  if (!spec.saga) return null;
  const { name, style, initiator } = spec.saga;
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

/** One name means one message: in queues, diagrams and logs. */
function checkMessageNames(saga: PlannedSaga): void {
  const taken = new Map<string, string>();
  const take = (words: Words | null, place: string, index: number | null) => {
    if (!words) return;
    const other = taken.get(words.Pascal);
    if (other) {
      const path = index === null ? ['saga', 'name'] : ['saga', 'steps', index];
      throw new SpecError(path, `Two messages would be called ${words.Pascal}: of ${other} and of ${place}`);
    }
    taken.set(words.Pascal, place);
  };
  const initiator = `the initiator "${saga.initiator.name}"`;
  for (const words of [saga.started, saga.confirm, saga.confirmed, saga.reject, saga.rejected])
    take(words, initiator, null);
  take(saga, `the saga "${saga.name}"`, null);
  for (const [index, step] of saga.steps.entries()) {
    const place = `the step "${step.key}"`;
    for (const words of [step.command, step.done, step.refused, step.compensation, step.undone]) {
      take(words, place, index);
    }
  }
}
