/** Where the files of a source go in a plan: areas become folders, tokens become names. */

import type { Role, SourceFile } from '../catalog/catalog.ts';
import type { Plan, PlannedService, PlannedStep } from '../plan/plan.ts';
import type { Scope } from './context.ts';

export interface Target {
  readonly path: string;
  readonly scope: Scope;
}

export interface TargetRequest {
  readonly plan: Plan;
  /** The sample that the file is of; null for other sources. */
  readonly sample: string | null;
  /** Services that a sample brings a folder of this kind for, in place of their role's. */
  readonly replaced: { readonly services: ReadonlySet<string>; readonly contracts: ReadonlySet<string> };
}

/** All places of one file; none where the plan has no service that it is for. */
export function targetsOf(file: SourceFile, request: TargetRequest): readonly Target[] {
  const { plan } = request;
  const services = plan.services.filter(
    ({ language }) => file.language === null || language === file.language,
  );
  if (services.length === 0) return [];
  const { area } = file;
  if (area === 'shared' || area === 'root') return expand(file.path, { services, saga: plan.saga });
  if (area === 'chassis')
    return expand(`chassis/${file.language}/${file.path}`, { services, saga: plan.saga });
  if (area === 'contracts') return expand(`contracts/${file.path}`, { services, saga: plan.saga });
  const [folder, only] = area.includes('/') ? (area.split('/') as [string, string]) : ['services', area];
  const inContracts = folder === 'contracts-of';
  const replaced = inContracts ? request.replaced.contracts : request.replaced.services;
  return services
    .filter((service) => only === 'service' || isFor({ service, only, sample: request.sample, replaced }))
    .flatMap((service) =>
      expand(inContracts ? `contracts/${file.path}` : `services/${service.name}/${file.path}`, {
        services: [service],
        saga: plan.saga,
        service,
      }),
    );
}

interface ServiceMatch {
  readonly service: PlannedService;
  readonly only: string;
  readonly sample: string | null;
  readonly replaced: ReadonlySet<string>;
}

/** In a sample a folder is a service's name, elsewhere a role. */
function isFor({ service, only, sample, replaced }: ServiceMatch): boolean {
  if (sample !== null) return service.name === only && service.sample === sample;
  return service.role === (only as Role) && !(service.sample !== null && replaced.has(service.name));
}

interface Expansion {
  readonly services: readonly PlannedService[];
  readonly saga: Plan['saga'];
  /** The service that the folder is of. */
  readonly service?: PlannedService;
}

/** Replaces the tokens of a path: one target for each service and step that it stands for. */
function expand(path: string, { services, saga, service }: Expansion): readonly Target[] {
  const named = saga ? path.replaceAll('__saga__', saga.name) : path;
  const owners = service || !/__service(?:_snake)?__/.test(named) ? [service] : services;
  return owners.flatMap((owner) => {
    const owned = owner
      ? named.replaceAll('__service__', owner.name).replaceAll('__service_snake__', owner.snake)
      : named;
    const steps: readonly (PlannedStep | undefined)[] = owned.includes('__action__')
      ? (owner?.actions ?? [])
      : [undefined];
    return steps.map((action) => ({
      path: action ? owned.replaceAll('__action__', action.action.name) : owned,
      scope: { ...(owner && { service: owner }), ...(action && { action }) },
    }));
  });
}
