// Publishing to the embedded broker: a message and its deliveries are one statement, so a subscriber gets it
// if and only if the publisher gets its confirm or is left in doubt.
import { type Database, isInfrastructureError } from '../../database/index.ts';
import { toHeaders } from '../envelope.ts';
import type { OutgoingMessage, PublishOutcome } from '../transport.ts';

/** Stores messages in the given order. One the database does not take is refused, and the others are stored. */
export async function publish(db: Database, messages: readonly OutgoingMessage[]): Promise<PublishOutcome[]> {
  try {
    await store(db, messages);
    return messages.map(() => ({ status: 'confirmed' }));
  } catch (error) {
    if (messages.length > 1 && isBadData(error)) {
      const outcomes: PublishOutcome[] = [];
      for (const message of messages) outcomes.push(...(await publish(db, [message])));
      return outcomes;
    }
    return messages.map(() => ({
      status: isBadData(error) ? 'refused' : 'unknown',
      error: error as Error,
    }));
  }
}

/** What a publisher in doubt sends again is stored once. The subscribers' connections are woken once a batch. */
async function store(db: Database, messages: readonly OutgoingMessage[]): Promise<void> {
  await db.query(
    `WITH stored AS (
       INSERT INTO message (source, id, channel, headers, body)
       SELECT source, id, channel, headers, body
         FROM unnest($1::text[], $2::text[], $3::text[], $4::json[], $5::text[])
              WITH ORDINALITY AS sent (source, id, channel, headers, body, position)
        ORDER BY position
       ON CONFLICT DO NOTHING RETURNING seq, channel
     ), delivered AS (
       INSERT INTO delivery (message, subscriber, channel)
       SELECT seq, subscriber, channel FROM stored JOIN subscription USING (channel)
     )
     SELECT pg_notify('bus_' || channel, '') FROM (SELECT DISTINCT channel FROM stored) AS channels`,
    [
      messages.map(({ envelope }) => envelope.source),
      messages.map(({ envelope }) => envelope.id),
      messages.map(({ channel }) => channel),
      messages.map(({ envelope }) => JSON.stringify(toHeaders(envelope))),
      messages.map(({ body }) => body),
    ],
  );
}

/** SQLSTATE classes 22, 23 and 54: what the message says cannot be stored, now or later. */
function isBadData(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|23|54)...$/.test(code) && !isInfrastructureError(error);
}
