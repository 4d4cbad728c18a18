import { type Handler, handles } from '../messaging/index.ts';
import type { SagaDefinition } from './definition.ts';
import { transition } from './engine.ts';
import { lockSaga } from './store.ts';
import type { AnyMessage } from './table.ts';

/**
 * Handlers with which the initiator hears how the steps went, for the messaging part. Takes every table that may
 * still have open sagas, old versions included.
 */
export function eventHandlers(...definitions: readonly SagaDefinition[]): Handler[] {
  const events = new Map<string, { type: AnyMessage; sagas: Set<string> }>();
  for (const { name, steps } of definitions) {
    for (const type of steps.flatMap(({ succeeded, refused, undone }) => [succeeded, refused, undone])) {
      if (!type) continue;
      const known = events.get(type.type) ?? { type, sagas: new Set() };
      events.set(type.type, { ...known, sagas: known.sagas.add(name) });
    }
  }
  return [...events.values()].map(({ type, sagas }) =>
    handles(type, async (data, { tx, envelope, log }) => {
      const key = type.key(data);
      const reason = typeof data.reason === 'string' ? { reason: data.reason } : {};
      for (const name of sagas) {
        const instance = await lockSaga(tx, { name, key });
        if (!instance) {
          log.warn({ saga: name, key }, 'event of no saga ignored');
          continue;
        }
        const event = { type: 'heard', message: type.type, ...reason } as const;
        await transition(tx, { definitions, log }, { instance, event, cause: envelope });
      }
    }),
  );
}
