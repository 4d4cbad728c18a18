/** Each mechanism that `npm run test:mutants` takes out is there to be taken out, in every system that it is for. */

import { describe, expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { makePlan } from '../../src/plan/make.ts';
import { render } from '../../src/render/render.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { shipped } from '../catalogs.ts';
import { mutants } from '../faults/mutants.ts';
import { edited } from '../faults/mutate.ts';
import type { BrokerName, Style } from '../faults/variants.ts';
import { toolVersion } from '../systems.ts';

const variants = (['orchestration', 'choreography'] as const satisfies readonly Style[]).flatMap((style) =>
  (['postgres', 'rabbitmq', 'kafka'] as const satisfies readonly BrokerName[]).map((broker) => ({
    style,
    broker,
  })),
);

describe.each(variants)('$style on $broker', (variant) => {
  const { style, broker } = variant;
  const chosen = broker === 'kafka' ? 'kafka' : 'rabbitmq';
  const spec = settleSpec({ broker: chosen, saga: { style } }, indexOf(shipped));
  const tree = render(makePlan(spec, { catalog: shipped, toolVersion }), shipped);

  test.each(mutants)('$name', ({ edits }) => {
    const texts = new Map<string, string>();
    for (const edit of edits(variant)) {
      const text = texts.get(edit.file) ?? String(tree.get(edit.file)?.content);
      texts.set(edit.file, edited(text, edit));
    }
    expect(texts.size).toBeGreaterThan(0);
  });
});
