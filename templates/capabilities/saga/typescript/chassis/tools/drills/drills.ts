import { brokerOutage } from './broker-outage.ts';
import { type CallGuard, called } from './called.ts';
import { deadDependency } from './dead-dependency.ts';
import type { Drill } from './drill.ts';
import { instanceDeath } from './instance-death.ts';
import { poison } from './poison.ts';
import { slowDependency } from './slow-dependency.ts';

/** `guard`: of the calls, as it is in this run; undefined where there is none. */
export function drillsWith(guard: CallGuard | undefined): readonly Drill[] {
  return [
    ...(called && guard ? [deadDependency(called, guard)] : []),
    brokerOutage,
    poison,
    instanceDeath,
    ...(called ? [slowDependency(called, guard)] : []),
  ];
}
