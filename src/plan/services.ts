/** Settles what each service is: its role, port, database, channels and the steps it takes part in. */

import type { Role, Source } from '../catalog/catalog.ts';
import { nameProblem } from '../spec/identifier.ts';
import { SpecError } from '../spec/input.ts';
import type { Spec } from '../spec/spec.ts';
import { pluralOf } from './names.ts';
import type { PlannedCall, PlannedSaga, PlannedService } from './plan.ts';
import { checkSagaNames } from './saga-names.ts';
import { sampleOf } from './samples.ts';
import { wordsOf } from './words.ts';

const firstPort = 3001;
const firstSecondPort = 4001;

interface ServicesRequest {
  readonly spec: Spec;
  readonly saga: PlannedSaga | null;
  readonly samples: readonly Source[];
}

/**
 * All services, in the spec's order.
 * @throws SpecError where two services would share a channel or an identifier.
 */
export function planServices({ spec, saga, samples }: ServicesRequest): readonly PlannedService[] {
  const names = Object.keys(spec.services);
  const portOf = (name: string) => firstPort + names.indexOf(name);
  const secondPortOf = (name: string) => firstSecondPort + names.indexOf(name);
  const services = names.map((name): PlannedService => {
    const { language = '', calls = [], channel = null } = spec.services[name] ?? {};
    const plural = channel ?? pluralOf(name);
    const actions = saga?.steps.filter(({ service }) => service.name === name) ?? [];
    const role: Role =
      saga?.initiator.name === name ? 'initiator' : actions.length > 0 ? 'participant' : 'resource';
    const words = wordsOf(name);
    return {
      ...words,
      plural: wordsOf(plural),
      language,
      role,
      port: portOf(name),
      secondPort: secondPortOf(name),
      database: words.snake,
      calls: calls.map((callee): PlannedCall => {
        const called = wordsOf(callee);
        const pluralCamel = wordsOf(spec.services[callee]?.channel ?? pluralOf(callee)).camel;
        const startsFirst = !reaches(callee, { goal: name, spec });
        const ports = { port: portOf(callee), secondPort: secondPortOf(callee) };
        return { ...called, ...ports, pluralCamel, envKey: `${called.UPPER}_URL`, startsFirst };
      }),
      actions,
      channels: { commands: plural, events: `${name}-events`, replies: `${name}-replies` },
      group: `${name}-processor`,
      ...neighbours(name, saga),
      sample: sampleOf({ name, role }, { samples, spec }),
    };
  });
  checkClashes(services);
  checkChannels(services);
  if (saga) checkSagaNames(saga, services);
  return services;
}

/** Whether a service calls another, itself or by those that it calls. */
function reaches(from: string, { goal, spec }: { goal: string; spec: Spec }): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === goal) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(spec.services[name]?.calls ?? []));
  }
  return false;
}

/** Every participant follows the initiator and the steps before its own; the initiator follows every participant. */
function neighbours(name: string, saga: PlannedSaga | null): Pick<PlannedService, 'follows' | 'followers'> {
  const initiator = saga?.initiator.name ?? '';
  const pairs = (saga?.steps ?? []).flatMap(({ service, follows }) => [
    ...follows.map((event) => ({ leader: event.service.name, follower: service.name })),
    { leader: initiator, follower: service.name },
    { leader: service.name, follower: initiator },
  ]);
  const unique = (names: readonly string[]) => [...new Set(names)].map(wordsOf);
  return {
    follows: unique(pairs.flatMap(({ leader, follower }) => (follower === name ? [leader] : []))),
    followers: unique(pairs.flatMap(({ leader, follower }) => (leader === name ? [follower] : []))),
  };
}

/** What a service takes for itself alone. */
interface Claim {
  readonly service: string;
  /** `identifier Pascal`, `channel name`: what no other may take. */
  readonly key: string;
  /** The rest of a sentence about the service. */
  readonly what: string;
  /** Whether it follows from the key `channel` of the service, which can say another. */
  readonly isChoosable?: boolean;
}

function checkClashes(services: readonly PlannedService[]): void {
  const taken = new Map<string, Claim>();
  for (const claim of services.flatMap(claimsOf)) {
    const other = taken.get(claim.key);
    if (other && other.service !== claim.service) {
      const choosable = [claim, other].find(({ isChoosable }) => isChoosable);
      throw new SpecError(
        ['services', claim.service],
        `"${claim.service}" ${claim.what}, as "${other.service}" does`,
        choosable
          ? `Rename one of them, or give services.${choosable.service}.channel in msvc.yaml another name`
          : 'Rename one of them',
      );
    }
    taken.set(claim.key, claim);
  }
}

/** A channel gives its name to the table and to the resource of its service, beside the functions of their modules. */
function checkChannels(services: readonly PlannedService[]): void {
  const functions = new Set(
    services.flatMap(({ name, plural }) => [`find-${name}`, `create-${name}`, `list-${plural.name}`]),
  );
  for (const { name, plural } of services) {
    const problem = functions.has(plural.name) ? 'is a reserved name' : nameProblem('channel', plural.name);
    if (!problem) continue;
    throw new SpecError(
      ['services', name],
      `"${name}" gives the channel "${plural.name}", which ${problem}`,
      `Give services.${name}.channel in msvc.yaml another name`,
    );
  }
}

function claimsOf({ name: service, Pascal, plural, channels }: PlannedService): readonly Claim[] {
  const { commands, events, replies } = channels;
  const channel = (name: string) => ({
    service,
    key: `channel ${name}`,
    what: `gives the channel "${name}"`,
  });
  const module = (name: string) => ({ service, key: `module ${name}`, what: `gives the module "${name}"` });
  return [
    { service, key: `identifier ${Pascal}`, what: `gives the identifier ${Pascal}` },
    {
      service,
      key: `resource ${plural.Pascal}`,
      what: `gives the channel "${plural.name}"`,
      isChoosable: true,
    },
    { ...channel(commands), isChoosable: true },
    ...[events, replies].map(channel),
    // In contracts/, beside that of its messages.
    ...[service, events].map(module),
  ];
}
