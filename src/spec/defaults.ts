/** What holds where the user says nothing (README, "The spec"). */

import type { BreakerSpec, SagaSpec } from './spec.ts';

export const defaultName = 'my-app';

/** The four services of the default system, with what they call. */
export const defaultServices: Readonly<Record<string, { readonly calls: readonly string[] }>> = {
  user: { calls: [] },
  order: { calls: ['user'] },
  inventory: { calls: [] },
  payment: { calls: [] },
};

export const defaultSaga: SagaSpec = {
  name: 'place-order',
  style: 'orchestration',
  initiator: 'order',
  steps: ['inventory.reserve/release', 'payment.authorize/void!', 'inventory.confirm'],
};

export const defaultBreaker: BreakerSpec = { threshold: 5, resetTimeout: '30s' };

export const defaultLanguage = 'typescript';
export const defaultSync = 'rest';
export const defaultBroker = 'rabbitmq';
export const defaultDiscovery = 'none';
