/** The keys inside a group's section of the spec, as flags and as questions. */

import type { Group } from '../spec/groups.ts';
import type { SpecInput } from '../spec/input.ts';
import { parseStep } from '../spec/step.ts';
import type { ValueFlag } from './flags.ts';

/** One key of a section, such as `saga.steps`. */
export interface Field extends ValueFlag {
  /** The key in the section. */
  readonly key: string;
  readonly isNumber?: boolean;
  /** Asked only where the choices before leave it open. */
  readonly question?: string;
  /** The default of the question: an answer that works, from what was said before. */
  readonly suggest?: (input: SpecInput) => string;
}

export interface Section {
  /** The key that holds the group's choice; null where being there is the choice. */
  readonly choice: string | null;
  readonly fields: readonly Field[];
}

export const sections: Readonly<Partial<Record<Group['specKey'], Section>>> = {
  saga: {
    choice: 'style',
    fields: [
      {
        name: 'saga-name',
        key: 'name',
        value: 'name',
        description: 'such as place-order',
        question: 'What does the saga do, as verb-noun?',
        suggest: suggestName,
      },
      {
        name: 'saga-initiator',
        key: 'initiator',
        value: 'service',
        description: 'the service that starts it',
        question: 'Which service starts it?',
      },
      {
        name: 'saga-steps',
        key: 'steps',
        value: 'steps',
        description: 'service.action[/compensation][!],...',
        isList: true,
        question: 'Its steps, as service.action/compensation?',
        suggest: suggestSteps,
      },
    ],
  },
  circuitBreaker: {
    choice: null,
    fields: [
      {
        name: 'breaker-threshold',
        key: 'threshold',
        value: 'number',
        description: 'failures that open it (default: 5)',
        isNumber: true,
      },
      {
        name: 'breaker-reset-timeout',
        key: 'resetTimeout',
        value: 'time',
        description: 'until a trial call (default: 30s)',
      },
    ],
  },
};

/** The first service starts the saga, the others take part. */
function suggestSteps({ services }: SpecInput): string {
  const [, ...others] = Object.keys(services ?? {});
  return others.map((service) => `${service}.reserve/cancel`).join(', ');
}

function suggestName({ services, saga }: SpecInput): string {
  const steps = typeof saga === 'object' ? (saga.steps ?? []) : [];
  const participants = steps.map((step) => parseStep(step)?.service);
  const initiator = Object.keys(services ?? {}).find((service) => !participants.includes(service));
  return `place-${initiator ?? 'order'}`;
}
