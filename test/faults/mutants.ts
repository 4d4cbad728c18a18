/** What is taken out of a generated shop, and the probe that must notice. */

import type { Edit } from './mutate.ts';
import type { BrokerName, Variant } from './variants.ts';

export interface Mutant {
  readonly name: string;
  readonly probe: string;
  edits(variant: Variant): readonly Edit[];
}

const chassis = 'chassis/typescript/src';

/** The publisher does not wait for the broker's confirmation. */
const unconfirmed: Record<BrokerName, readonly Edit[]> = {
  postgres: [
    {
      file: `${chassis}/messaging/postgres/publisher.ts`,
      from: '    await store(db, messages);\n',
      to: '    void store(db, messages).catch(() => {});\n',
    },
  ],
  rabbitmq: [
    {
      file: `${chassis}/messaging/rabbitmq/publisher.ts`,
      from: '        publish(amqp, parcel, settle);\n',
      to: '        publish(amqp, parcel, () => {});\n        settle(null);\n',
    },
  ],
  kafka: [
    {
      file: `${chassis}/messaging/kafka/publisher.ts`,
      from: '    const answers = await producer.sendBatch({ acks: -1, timeout: ACKS_MS, topicMessages });\n',
      to: '    await producer.sendBatch({ acks: 0, timeout: ACKS_MS, topicMessages });\n    return;\n    const answers = [];\n',
    },
    {
      file: `${chassis}/messaging/kafka/publisher.ts`,
      from: '    idempotent: true,\n',
      to: '',
    },
  ],
};

/** The consumer acknowledges before it has handled the message. */
const acknowledgedFirst: Record<BrokerName, Edit> = {
  postgres: {
    file: `${chassis}/messaging/postgres/consumer.ts`,
    from: '    const verdict = await options.handle({',
    to: '    await acknowledgements(delivery);\n    const verdict = await options.handle({',
  },
  rabbitmq: {
    file: `${chassis}/messaging/rabbitmq/consumer.ts`,
    from: '    const done = await handleUntilDone(',
    to: '    amqp.ack(message);\n    amqp = { ack() {}, reject() {} } as never;\n    const done = await handleUntilDone(',
  },
  kafka: {
    file: `${chassis}/messaging/kafka/partition.ts`,
    from: '      if (!(await reader.settle(',
    to: '      await options.commit(offset + 1n);\n      if (!(await reader.settle(',
  },
};

export const mutants: readonly Mutant[] = [
  {
    name: 'no confirms',
    probe: 'confirm',
    edits: ({ broker }) => unconfirmed[broker],
  },
  {
    name: 'acknowledge before commit',
    probe: 'commit',
    edits: ({ broker }) => [acknowledgedFirst[broker]],
  },
  {
    name: 'no inbox',
    probe: 'inbox',
    edits: () => [
      {
        file: `${chassis}/messaging/inbox.ts`,
        from: '  return undefined;\n}\n\n/** Digest',
        to: '  return new Date();\n}\n\n/** Digest',
      },
    ],
  },
  {
    name: 'no outbox',
    probe: 'outbox',
    edits: () => [
      {
        file: `${chassis}/messaging/outbox.ts`,
        from: '  await tx.query(\n    `INSERT INTO outbox',
        to: '  tx.afterCommit?.(() => void new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 }).query(\n    `INSERT INTO outbox',
      },
      {
        file: `${chassis}/messaging/outbox.ts`,
        from: '      rows.map((row) => row[column]),\n    ),\n  );\n',
        to: '      rows.map((row) => row[column]),\n    ),\n  ));\n',
      },
      {
        file: `${chassis}/messaging/outbox.ts`,
        from: "import { randomUUID } from 'node:crypto';\n",
        to: "import { randomUUID } from 'node:crypto';\nimport pg from 'pg';\n",
      },
    ],
  },
  {
    name: 'no deadline',
    probe: 'deadline',
    edits: () => [
      {
        file: `${chassis}/saga/store.ts`,
        from: 'LEAST(deadline_at, retry_at) <= $',
        to: 'retry_at <= $',
      },
    ],
  },
  {
    name: 'non-idempotent void',
    probe: 'undo',
    edits: () => [
      {
        file: 'services/payment/src/payments.ts',
        from: "  return status === 'PENDING' || status === 'AUTHORIZED';\n",
        to: '  return status.length > 0;\n',
      },
      {
        file: `${chassis}/messaging/external.ts`,
        from: 'envelope.correlationId ?? envelope.id',
        to: 'envelope.id',
      },
    ],
  },
  {
    name: 'no tombstone',
    probe: 'tombstone',
    edits: () => [
      {
        file: 'services/payment/src/payments.ts',
        from: "  await tx.query(`INSERT INTO payments (order_id, status) VALUES ($1, 'VOIDED') ON CONFLICT DO NOTHING`, [\n    orderId,\n  ]);\n",
        to: '  if (!(await findPayment(tx, orderId))) return false;\n',
      },
    ],
  },
  {
    name: 'breaker never opens',
    probe: 'dead-dependency',
    edits: () => [
      {
        file: `${chassis}/breaker/machine.ts`,
        from: '  if (!trial && failures < settings.threshold) return',
        to: '  if (!trial) return',
      },
    ],
  },
  {
    name: 'relay without key lock',
    probe: 'relay',
    edits: () => [
      {
        file: `${chassis}/messaging/relay.ts`,
        from: 'FROM due WHERE pg_try_advisory_xact_lock($1, partition)',
        to: 'FROM due WHERE $1 > 0',
      },
      {
        file: `${chassis}/messaging/relay.ts`,
        from: 'ORDER BY seq LIMIT $2),',
        to: 'ORDER BY seq LIMIT $2 FOR UPDATE OF o SKIP LOCKED),',
      },
    ],
  },
  {
    name: 'reject everything',
    probe: 'calm',
    edits: () => [
      {
        file: 'services/inventory/src/stock.ts',
        from: 'WHERE item = $1 AND available >= $2 RETURNING *',
        to: 'WHERE item = $1 AND available + $2 < 0 RETURNING *',
      },
    ],
  },
];
