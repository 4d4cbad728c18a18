import type { Consumer as KafkaConsumer } from 'kafkajs';

interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface Commits {
  /** Commits the position, together with what else was done while the last commit was under way. */
  commit(position: Position): Promise<void>;
  /** Those that wait are not committed any more. */
  drop(): void;
}

export function createCommits(consumer: Pick<KafkaConsumer, 'commitOffsets'>): Commits {
  let waiting = new Map<string, Position>();
  let next: Promise<void> | undefined;
  let current: Promise<unknown> = Promise.resolve();
  return {
    commit: (position) => {
      waiting.set(`${position.topic}/${position.partition}`, position);
      next ??= current.then(() => {
        const batch = [...waiting.values()].map((each) => ({ ...each, offset: String(each.offset) }));
        waiting = new Map();
        next = undefined;
        const done = batch.length > 0 ? consumer.commitOffsets(batch) : Promise.resolve();
        current = done.catch(() => {}); // Told to all who wait for it.
        return done;
      });
      return next;
    },
    drop: () => {
      waiting = new Map();
    },
  };
}
