/** Spec -> Plan: every question that is left is settled here. */

import type { CatalogData } from '../catalog/catalog.ts';
import type { Spec } from '../spec/spec.ts';
import type { Plan } from './plan.ts';
import { planSaga } from './saga.ts';
import { fitsSaga } from './samples.ts';
import { planServices } from './services.ts';
import { chooseSources } from './sources.ts';

/** Connections of one service: its pool, and one each for relay, listener and migrations. */
const connectionsPerService = 10 + 3;

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
    maxConnections: Math.max(100, services.length * connectionsPerService + reservedConnections),
  };
}
