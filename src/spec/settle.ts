/**
 * Spec input -> Spec: fills in the defaults and refuses what cannot stand.
 * Every problem is a `SpecError` with the path of the value, wherever it was written.
 */

import type { CatalogIndex } from '../catalog/catalog.ts';
import * as defaults from './defaults.ts';
import { choiceHint, choicesOf, type Group, groups } from './groups.ts';
import { quoted } from './identifier.ts';
import { type BreakerInput, SpecError, type SpecInput } from './input.ts';
import { requireName } from './require-name.ts';
import { settleSaga } from './saga.ts';
import { settleServices } from './services.ts';
import type { BreakerSpec, Spec } from './spec.ts';

/** Makes a whole spec of what the user said. */
export function settleSpec(input: SpecInput, catalog: CatalogIndex): Spec {
  const name = input.name ?? defaults.defaultName;
  requireName('project', name, ['name']);
  const broker = choice('broker', input.broker ?? defaults.defaultBroker, catalog);
  const saga = settleSaga({ input, broker, catalog });
  return {
    version: 1,
    name,
    services: settleServices({ input, saga, catalog }),
    sync: choice('sync', input.sync ?? defaults.defaultSync, catalog),
    broker,
    saga,
    circuitBreaker: settleBreaker(input.circuitBreaker),
    discovery: choice('discovery', input.discovery ?? defaults.defaultDiscovery, catalog),
  };
}

/** Checks the value of a group against what the catalog has. */
function choice(key: Group['specKey'], value: string, catalog: CatalogIndex): string {
  const group = groups.find(({ specKey }) => specKey === key) as Group;
  const values = choicesOf(group, catalog).map((item) => item.value);
  if (values.includes(value)) return value;
  throw new SpecError(
    [key],
    `${quoted(value)} is not one of ${values.join(', ')}`,
    choiceHint(group, value, values),
  );
}

/** Positive whole numbers with a unit, as the generated configuration reads them. */
const durationPattern = /^[1-9]\d{0,5}(?:ms|s|m|h)$/;

function settleBreaker(input: false | BreakerInput | undefined): BreakerSpec | null {
  if (input === false) return null;
  const breaker = {
    threshold: input?.threshold ?? defaults.defaultBreaker.threshold,
    resetTimeout: input?.resetTimeout ?? defaults.defaultBreaker.resetTimeout,
  };
  if (!Number.isInteger(breaker.threshold) || breaker.threshold < 1 || breaker.threshold > 1000) {
    throw new SpecError(
      ['circuitBreaker', 'threshold'],
      `${quoted(breaker.threshold)} is not a whole number from 1 to 1000`,
    );
  }
  if (!durationPattern.test(breaker.resetTimeout)) {
    throw new SpecError(
      ['circuitBreaker', 'resetTimeout'],
      `${quoted(breaker.resetTimeout)} is not a duration such as 500ms, 30s or 2m`,
    );
  }
  return breaker;
}
