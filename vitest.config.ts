import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { catalogIds, catalogModules } from './scripts/catalog-modules.ts';

const templates = fileURLToPath(new URL('templates', import.meta.url));

export default defineConfig({
  plugins: [
    {
      name: 'catalog',
      resolveId: (id) => (catalogIds.test(id) ? id : null),
      load: (id) => (catalogIds.test(id) ? catalogModules(templates).code[id] : null),
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...['test/e2e/**', 'test/compose/**', 'test/faults/**', 'test/combinations/**'],
      ...['test/golden/**', 'test/fixtures/**'],
    ],
    testTimeout: 60_000,
    // Most of a file's time was loading what it tests. No test changes what others see.
    isolate: false,
  },
});
