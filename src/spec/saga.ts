/** Settles the saga: its defaults depend on the services and on the broker. */

import type { CatalogIndex } from '../catalog/catalog.ts';
import { defaultSaga, defaultServices } from './defaults.ts';
import { choiceHint, choicesOf, type Group, groups } from './groups.ts';
import { nameProblem, quoted } from './identifier.ts';
import { type SagaInput, SpecError, type SpecInput } from './input.ts';
import { requireName } from './require-name.ts';
import { none, type SagaSpec } from './spec.ts';
import { parseStep, printStep, type Step, settleSteps } from './step.ts';

/** Each step is a message there and back, and the saga is one file that is read from top to bottom. */
export const mostSteps = 40;

interface SagaRequest {
  readonly input: SpecInput;
  readonly broker: string;
  readonly catalog: CatalogIndex;
}

/**
 * The saga of the spec, or null. Where the user says nothing, it is the default one if its services and a broker are
 * there: a default never makes a choice of the user's invalid.
 */
export function settleSaga({ input, broker, catalog }: SagaRequest): SagaSpec | null {
  if (input.saga === none) return null;
  const group = groups.find(({ specKey }) => specKey === 'saga') as Group;
  const styles = choicesOf(group, catalog).map(({ value }) => value);
  if (!input.saga && (broker === none || !fitsDefaultSaga(input) || !styles.includes(defaultSaga.style)))
    return null;
  const saga = input.saga ?? {};
  const style = saga.style ?? defaultSaga.style;
  if (!styles.includes(style)) {
    throw new SpecError(
      ['saga', 'style'],
      `${quoted(style)} is not one of ${styles.join(', ')}`,
      choiceHint(group, style, styles),
    );
  }
  return style === none ? refuseLeftovers(saga) : settleParts({ saga, style, input });
}

/** `style: none` says that there is no saga, so its other keys would be lost. */
function refuseLeftovers(saga: SagaInput): null {
  const left = (['name', 'initiator', 'steps'] as const).find((key) => saga[key] !== undefined);
  if (left) throw new SpecError(['saga', left], 'has no meaning without a saga');
  return null;
}

function settleParts({ saga, style, input }: { saga: SagaInput; style: string; input: SpecInput }): SagaSpec {
  const isDefault = saga.steps === undefined && fitsDefaultSaga(input);
  if (!saga.steps && !isDefault) {
    throw new SpecError(
      ['saga', 'steps'],
      'is needed for a saga over your own services',
      'For example hotel.reserve/cancel',
    );
  }
  // Before the name, which someone who answers questions gives after them.
  const steps = readSteps(saga.steps ?? defaultSaga.steps);
  const name = saga.name ?? (isDefault ? defaultSaga.name : undefined);
  if (!name)
    throw new SpecError(['saga', 'name'], 'is needed for a saga of your own', 'For example book-trip');
  requireName('saga', name, ['saga', 'name']);
  const initiator = saga.initiator ?? (isDefault ? defaultSaga.initiator : findInitiator({ input, steps }));
  if (steps.some(({ service }) => service === initiator)) {
    throw new SpecError(
      ['saga', 'initiator'],
      `${quoted(initiator)} is in a step; its own confirm and reject are implied`,
    );
  }
  return { name, style, initiator, steps: steps.map(printStep) };
}

function readSteps(texts: readonly string[]): readonly Step[] {
  if (texts.length === 0) throw new SpecError(['saga', 'steps'], 'needs at least one step');
  if (texts.length > mostSteps) throw new SpecError(['saga', 'steps'], `has more than ${mostSteps} steps`);
  const steps = texts.map((text, index) => {
    const step = parseStep(text);
    if (!step) {
      throw new SpecError(
        ['saga', 'steps', index],
        `${quoted(text)} is not a step`,
        'Write service.action, service.action/compensation, or either with "!" for the pivot',
      );
    }
    for (const word of [step.action, step.compensation]) {
      const problem = word && nameProblem('action', word);
      if (problem) throw new SpecError(['saga', 'steps', index], `${quoted(word)} ${problem}`);
    }
    return step;
  });
  const settled = settleSteps(steps);
  if ('message' in settled) {
    throw new SpecError(
      ['saga', 'steps', ...(settled.index === null ? [] : [settled.index])],
      settled.message,
    );
  }
  return settled;
}

/** The first service that is in no step. */
function findInitiator({ input, steps }: { input: SpecInput; steps: readonly Step[] }): string {
  const participants = new Set(steps.map(({ service }) => service));
  const initiator = Object.keys(input.services ?? {}).find((name) => !participants.has(name));
  if (initiator) return initiator;
  throw new SpecError(
    ['saga', 'initiator'],
    'is needed: every service is in a step',
    'Name the service that starts the saga',
  );
}

/** Whether the services that the default saga names are among the user's. */
function fitsDefaultSaga(input: SpecInput): boolean {
  const names = new Set(Object.keys(input.services ?? defaultServices));
  const participants = defaultSaga.steps.map((step) => parseStep(step)?.service ?? '');
  return [defaultSaga.initiator, ...participants].every((name) => names.has(name));
}
