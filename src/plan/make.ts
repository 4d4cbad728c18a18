/** Spec -> Plan: every question that is left is settled here. */

import type { CatalogData } from '../catalog/catalog.ts';
import type { Spec } from '../spec/spec.ts';
import type { Plan } from './plan.ts';
import { planSaga } from './saga.ts';
import { fitsSaga } from './samples.ts';
import { planServices } from './services.ts';
import { chooseSources } from './sources.ts';

/** Connections of one instance of a service: its pool, and one each for relay, listener and migrations. */
const connectionsPerInstance = 10 + 3;

/** So many instances of each service may run without a change of PostgreSQL's settings. */
const instances = 3;

/** Connections kept free for people and backups. */
const reservedConnections = 10;

/**
 * Settles a system.
 * @throws SpecError where choices do not fit together.
 */
export function makePlan(
  spec: Spec,
  { catalog, toolVersion }: { readonly catalog: CatalogData; readonly toolVersion: string },
): Plan {
  const chosen = chooseSources(spec, catalog);
  const samples = catalog.sources.filter(({ kind }) => kind === 'sample');
  const naming = samples.find(({ sample }) => sample && fitsSaga(sample, spec));
  const saga = planSaga(spec, naming?.sample ?? null);
  const services = planServices({ spec, saga, samples });
  const used = samples.filter(({ id }) => services.some(({ sample }) => sample === id));
  return {
    toolVersion,
    spec,
    sources: [...chosen, ...used].map(({ kind, id, folder }) => ({ kind, id, folder })),
    capabilities: [...new Set(chosen.flatMap(({ provides }) => provides))].sort(),
    services,
    saga,
    maxConnections: services.length * instances * connectionsPerInstance + reservedConnections,
  };
}
