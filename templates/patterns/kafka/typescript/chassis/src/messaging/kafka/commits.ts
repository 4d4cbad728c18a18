import type { Consumer as KafkaConsumer } from 'kafkajs';

interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Commits together what was done while the last commit was under way. */
export function createCommits(consumer: KafkaConsumer): (position: Position) => Promise<void> {
  let waiting = new Map<string, Position>();
  let next: Promise<void> | undefined;
  let current: Promise<unknown> = Promise.resolve();
  return (position) => {
    waiting.set(`${position.topic}/${position.partition}`, position);
    next ??= current.then(() => {
      const batch = [...waiting.values()].map((each) => ({ ...each, offset: String(each.offset) }));
      waiting = new Map();
      next = undefined;
      const done = consumer.commitOffsets(batch);
      current = done.catch(() => {}); // Told to all who wait for it.
      return done;
    });
    return next;
  };
}
