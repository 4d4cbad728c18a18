import { dropParked, listOutbox } from '@app/chassis/messaging';
import { post } from '../mail.ts';
import { subject } from '../subject.ts';
import { Broken, type Probe } from './probe.ts';
import { expectSoon } from './scene.ts';

const OTHERS = 1_000;
/** Bytes; the outbox lets nothing of this size in. */
const TOO_LARGE = 256 * 1024;
const LIMIT_MS = 60_000;

/** Among many messages two can never be sent: they must hold up nobody else. */
export const parked: Probe = {
  name: 'parked',
  proves: 'a message that can never be sent is parked, and the others are sent',
  run: async (storm) => {
    const { system, witness, random } = storm;
    const db = system.db(subject.initiator);
    const mark = `parked-${random.below(1e9)}`;
    const letters = Array.from({ length: OTHERS }, (_, number) => `${mark}.${number}`).map((key) => ({
      ...{ id: key, key, type: 'Probe', channel: subject.events, payload: '{}' },
    }));
    const bad = [
      {
        ...{ id: `${mark}.large`, key: `${mark}.large`, type: 'Probe' },
        channel: subject.events,
        payload: `"${'x'.repeat(TOO_LARGE)}"`,
      },
      { ...{ id: `${mark}.lost`, key: `${mark}.lost`, type: 'Probe' }, channel: 'nowhere', payload: '{}' },
    ];
    const place = random.below(OTHERS);
    await post(db, [...letters.slice(0, place), ...bad, ...letters.slice(place)]);
    await expectSoon(storm, () => letters.every(({ key }) => witness.seen.has(key)), {
      limitMs: LIMIT_MS,
      what: `the ${OTHERS} others arrive`,
    });
    const rows = await listOutbox(db, { limit: OTHERS });
    const found = rows.filter(({ key }) => key.startsWith(mark));
    const said = found.map(({ reason }) => reason?.split(':')[0]).sort();
    if (said.join() !== 'OVERSIZE,UNKNOWN_DESTINATION')
      throw new Broken(`parked are ${said.join(', ') || 'none'}`);
    for (const { seq } of found) await dropParked(db, seq);
  },
};
