/** Spec -> `msvc.yaml`: the whole system in one commented page, every choice said. */

import type { ServiceSpec, Spec } from './spec.ts';

/** Where the JSON Schema lies beside the spec. */
export const schemaPath = '.create-msvc/msvc.schema.json';

/** Prints a spec. Names and values are checked, so they need no quotes. */
export function printSpec(spec: Spec): string {
  const { name, services, sync, broker, circuitBreaker: breaker, discovery } = spec;
  return `# yaml-language-server: $schema=./${schemaPath}
# The system's single description. Edit it, or let create-msvc add to it.
version: 1
name: ${name}

# calls: the services that a service calls. channel: a name in place of its plural.
services:
${Object.entries(services).map(printService).join('\n')}

# How services call each other.
sync: ${sync}

# What carries messages between services.
broker: ${broker}

# Work that spans services. A step is service.action, with /compensation where it can be undone,
# and ! at the pivot: after it the saga only goes forward.
${printSaga(spec)}

# Stops calling a service that keeps failing: after so many failures in a row, for so long.
circuitBreaker: ${breaker ? `{ threshold: ${breaker.threshold}, resetTimeout: ${breaker.resetTimeout} }` : 'false'}

# How a caller finds the instances of a service; none: by the address in its environment.
discovery: ${discovery}
`;
}

function printService([name, { language, calls, channel }]: [string, ServiceSpec]): string {
  const keys = [`language: ${language}`];
  if (calls.length > 0) keys.push(`calls: [${calls.join(', ')}]`);
  if (channel !== null) keys.push(`channel: ${channel}`);
  return `  ${name}: { ${keys.join(', ')} }`;
}

function printSaga({ saga }: Spec): string {
  if (!saga) return 'saga: none';
  return `saga:
  name: ${saga.name}
  style: ${saga.style}
  initiator: ${saga.initiator}
  steps: [${saga.steps.join(', ')}]`;
}
