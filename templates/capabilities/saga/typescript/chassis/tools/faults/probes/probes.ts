import { answer } from './answer.ts';
import { brokerOutage } from './broker-outage.ts';
import { calm } from './calm.ts';
import { commit } from './commit.ts';
import { confirm } from './confirm.ts';
import { databaseOutage } from './database-outage.ts';
import { deadDependency } from './dead-dependency.ts';
import { deadLetter } from './dead-letter.ts';
import { deadline } from './deadline.ts';
import { frozenConsumer } from './frozen-consumer.ts';
import { frozenRelay } from './frozen-relay.ts';
import { handlerDeath } from './handler-death.ts';
import { inbox } from './inbox.ts';
import { instanceDeath } from './instance-death.ts';
import { outbox } from './outbox.ts';
import { parked } from './parked.ts';
import type { Probe } from './probe.ts';
import { provider } from './provider.ts';
import { relay } from './relay.ts';
import { tombstone } from './tombstone.ts';
import { undo } from './undo.ts';

export const probes: readonly Probe[] = [
  ...[calm, answer, outbox, confirm, parked, relay, frozenRelay, commit, frozenConsumer],
  ...[inbox, handlerDeath, deadLetter],
  ...[deadline, undo, tombstone, provider, deadDependency, instanceDeath, brokerOutage, databaseOutage],
];
