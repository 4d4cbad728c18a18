import { brokerOutage } from './broker-outage.ts';
import { callGuards } from './called.ts';
import { deadDependency } from './dead-dependency.ts';
import type { Drill } from './drill.ts';
import { instanceDeath } from './instance-death.ts';
import { poison } from './poison.ts';
import { slowDependency } from './slow-dependency.ts';

export const drills: readonly Drill[] = [
  ...callGuards.map(deadDependency),
  brokerOutage,
  poison,
  instanceDeath,
  slowDependency,
];
