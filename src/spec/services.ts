/** Settles the services: those listed, then those that calls and the saga name. */

import type { CatalogIndex } from '../catalog/catalog.ts';
import { didYouMean } from '../suggest.ts';
import { defaultLanguage, defaultServices } from './defaults.ts';
import { quoted } from './identifier.ts';
import { type ServiceInput, SpecError, type SpecInput, type SpecPath } from './input.ts';
import { requireName } from './require-name.ts';
import type { SagaSpec, ServiceSpec } from './spec.ts';
import { parseStep } from './step.ts';

/** Each service is a process with a database: far more than one repo is worth. */
export const mostServices = 40;

interface ServicesRequest {
  readonly input: SpecInput;
  readonly saga: SagaSpec | null;
  readonly catalog: CatalogIndex;
}

/** All services in the order of their first mention. */
export function settleServices({
  input,
  saga,
  catalog,
}: ServicesRequest): Readonly<Record<string, ServiceSpec>> {
  const listed: Readonly<Record<string, ServiceInput | null>> =
    input.services ?? (hasOwnSteps(input) ? {} : defaultServices);
  const mentions = firstMentions(listed, saga);
  if (mentions.size === 0) throw new SpecError(['services'], 'needs at least one service');
  if (mentions.size > mostServices)
    throw new SpecError(['services'], `has more than ${mostServices} services`);
  const services = [...mentions].map(([name, mention]) => {
    requireName('service', name, mention);
    return [name, settleService({ name, input: listed[name] ?? {}, catalog })] as const;
  });
  if (saga) refuseCallsOfParticipants(Object.fromEntries(services), saga);
  return Object.fromEntries(services);
}

/** Every name, and where it stands first. */
function firstMentions(
  listed: Readonly<Record<string, ServiceInput | null>>,
  saga: SagaSpec | null,
): ReadonlyMap<string, SpecPath> {
  const mentions = new Map<string, SpecPath>();
  const mention = (name: string, path: SpecPath) => {
    if (!mentions.has(name)) mentions.set(name, path);
  };
  for (const name of Object.keys(listed)) mention(name, ['services', name]);
  for (const [name, service] of Object.entries(listed)) {
    for (const [index, called] of (service?.calls ?? []).entries())
      mention(called, ['services', name, 'calls', index]);
  }
  if (!saga) return mentions;
  mention(saga.initiator, ['saga', 'initiator']);
  for (const [index, step] of saga.steps.entries())
    mention(parseStep(step)?.service ?? '', ['saga', 'steps', index]);
  return mentions;
}

/** A participant's work is done in a transaction of a message: it waits for no other service. */
function refuseCallsOfParticipants(services: Readonly<Record<string, ServiceSpec>>, saga: SagaSpec): void {
  for (const step of saga.steps) {
    const name = parseStep(step)?.service ?? '';
    if (!services[name]?.calls.length) continue;
    throw new SpecError(
      ['services', name, 'calls'],
      `cannot be there: ${quoted(name)} does steps of the saga, and whoever does waits for no other service`,
      `Let ${quoted(saga.initiator)} make the call, and hand on what it learns`,
    );
  }
}

/** Steps of one's own bring their own services, so the default ones would only be in the way. */
export function hasOwnSteps({ saga }: SpecInput): boolean {
  return saga !== undefined && saga !== 'none' && saga.steps !== undefined;
}

interface ServiceRequest {
  readonly name: string;
  readonly input: ServiceInput;
  readonly catalog: CatalogIndex;
}

function settleService({ name, input, catalog }: ServiceRequest): ServiceSpec {
  const language = input.language ?? defaultLanguage;
  if (!catalog.languages.includes(language)) {
    throw new SpecError(
      ['services', name, 'language'],
      `${quoted(language)} is not one of ${catalog.languages.join(', ')}`,
      didYouMean(language, catalog.languages),
    );
  }
  const channel = input.channel ?? null;
  if (channel !== null) requireName('channel', channel, ['services', name, 'channel']);
  const calls = [...new Set(input.calls ?? [])];
  const own = calls.indexOf(name);
  if (own >= 0) throw new SpecError(['services', name, 'calls', own], `${quoted(name)} cannot call itself`);
  return { language, calls, channel };
}
