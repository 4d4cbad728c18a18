/** Which combination runs end to end on what: the tests that do it check their row, and docs/combinations.md shows it. */

export interface Proof {
  /** The ids of its patterns, in canonical order. */
  readonly patterns: string;
  /** The file below `test/` that runs it. */
  readonly by: string;
  /** The components that are real. */
  readonly on: string;
}

const composed = 'Docker Compose, all of it real';
const usual = 'rabbitmq saga-orchestration circuit-breaker';

export const proofs: readonly Proof[] = [
  { patterns: `rest ${usual}`, by: 'e2e/shop.test.ts', on: 'PostgreSQL' },
  { patterns: `rest ${usual}`, by: 'e2e/rabbitmq.test.ts', on: 'RabbitMQ 4, broker and a service killed' },
  {
    patterns: 'rest kafka saga-orchestration circuit-breaker',
    by: 'e2e/kafka.test.ts',
    on: 'Kafka 4, broker and a service killed',
  },
  {
    patterns: 'rest rabbitmq saga-choreography circuit-breaker',
    by: 'e2e/choreography.test.ts',
    on: 'RabbitMQ 4, broker and a service killed',
  },
  {
    patterns: 'rest kafka saga-choreography circuit-breaker discovery-client',
    by: 'e2e/kafka-choreography.test.ts',
    on: 'Kafka 4, three instances of a service',
  },
  {
    patterns: `grpc rest ${usual}`,
    by: 'e2e/grpc.test.ts',
    on: 'PostgreSQL, a Python client of the protos',
  },
  {
    patterns: 'rest rabbitmq circuit-breaker',
    by: 'e2e/no-saga.test.ts',
    on: 'RabbitMQ 4, killed while events are told',
  },
  {
    patterns: 'rest kafka circuit-breaker',
    by: 'e2e/no-saga.test.ts',
    on: 'Kafka 4, killed while events are told',
  },
  { patterns: 'rest circuit-breaker', by: 'e2e/no-broker.test.ts', on: 'PostgreSQL' },
  { patterns: `rest ${usual} discovery-server`, by: 'e2e/behind-proxy.test.ts', on: 'PostgreSQL' },
  ...['rabbitmq', 'kafka'].flatMap((broker) =>
    ['saga-orchestration', 'saga-choreography'].map((saga) => ({
      patterns: `rest ${broker} ${saga} circuit-breaker`,
      by: 'faults/storms.test.ts',
      on: `${broker === 'kafka' ? 'Kafka 4' : 'PostgreSQL and RabbitMQ 4'}, everything killed`,
    })),
  ),
  {
    patterns: `grpc rest ${usual} discovery-server`,
    by: 'compose/scaling.test.ts',
    on: 'Docker Compose, one of three instances killed',
  },
  ...['rabbitmq', 'kafka'].map((broker) => ({
    patterns: `rest ${broker} saga-orchestration circuit-breaker discovery-server`,
    by: 'compose/scaling.test.ts',
    on: `Docker Compose, ${broker === 'kafka' ? 'Kafka' : 'RabbitMQ'} away for a minute`,
  })),
  ...['rest', 'grpc rest'].map((sync) => ({
    patterns: `${sync} ${usual} discovery-client`,
    by: 'compose/scaling.test.ts',
    on: 'Docker Compose, an instance and etcd killed',
  })),
  { patterns: `rest ${usual}`, by: 'compose/system.test.ts', on: composed },
  { patterns: `rest ${usual} discovery-server`, by: 'compose/system.test.ts', on: composed },
  {
    patterns: 'grpc kafka saga-choreography circuit-breaker discovery-client',
    by: 'compose/system.test.ts',
    on: composed,
  },
  {
    patterns: 'grpc rest kafka saga-orchestration circuit-breaker',
    by: 'compose/system.test.ts',
    on: composed,
  },
];
