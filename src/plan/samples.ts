/** Decides which services get a sample's business code instead of the generic skeleton. */

import type { Role, Sample, Source } from '../catalog/catalog.ts';
import type { Spec } from '../spec/spec.ts';
import type { Plan } from './plan.ts';

/** Whether the spec's saga is the one that the sample is written for, so that its names and handlers fit. */
export function fitsSaga(sample: Sample, spec: Spec): boolean {
  const { saga } = spec;
  if (!saga || !sample.saga) return false;
  return (
    saga.name === sample.saga.name &&
    saga.initiator === sample.saga.initiator &&
    saga.steps.join() === sample.saga.steps.join() &&
    Object.entries(sample.services).every(
      ([name, { role }]) => role === 'resource' || fitsService({ name, sample, spec }),
    )
  );
}

/** The sample that a service's business code comes from, or null. */
export function sampleOf(
  service: { readonly name: string; readonly role: Role },
  { samples, spec }: { readonly samples: readonly Source[]; readonly spec: Spec },
): string | null {
  const fitting = samples.find(({ sample }) => {
    const expected = sample?.services[service.name];
    if (!sample || expected?.role !== service.role) return false;
    return service.role === 'resource'
      ? fitsService({ name: service.name, sample, spec })
      : fitsSaga(sample, spec);
  });
  return fitting?.id ?? null;
}

/** Whether a service calls exactly whom the sample's code calls, over the channel that its contracts name. */
function fitsService({ name, sample, spec }: { name: string; sample: Sample; spec: Spec }): boolean {
  const { calls = [], channel = null } = spec.services[name] ?? {};
  const expected = sample.services[name]?.calls ?? [];
  return (
    channel === null && expected.length === calls.length && expected.every((callee) => calls.includes(callee))
  );
}

/**
 * The services of `last` that take part in a saga with a sample's business code, which does not fit them any more in
 * `next`: to render them would put skeletons in the place of that code.
 */
export function losingSample(
  last: Plan,
  next: Plan,
): readonly { readonly name: string; readonly sample: string }[] {
  return last.services.flatMap(({ name, role, sample }) => {
    if (role === 'resource' || sample === null) return [];
    const isLost = next.services.find((one) => one.name === name)?.sample !== sample;
    return isLost ? [{ name, sample }] : [];
  });
}
