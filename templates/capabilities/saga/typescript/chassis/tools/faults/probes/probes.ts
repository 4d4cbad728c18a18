import { calm } from './calm.ts';
import { commit } from './commit.ts';
import { confirm } from './confirm.ts';
import { deadDependency } from './dead-dependency.ts';
import { deadline } from './deadline.ts';
import { inbox } from './inbox.ts';
import { outbox } from './outbox.ts';
import type { Probe } from './probe.ts';
import { relay } from './relay.ts';
import { tombstone } from './tombstone.ts';
import { undo } from './undo.ts';

export const probes: readonly Probe[] = [
  calm,
  outbox,
  confirm,
  relay,
  commit,
  inbox,
  deadline,
  undo,
  tombstone,
  deadDependency,
];
