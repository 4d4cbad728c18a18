import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const minutes = 60_000;

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.test.ts'],
    globalSetup: ['../e2e/pack.ts'],
    // Each file runs a whole system: one after the other.
    fileParallelism: false,
    testTimeout: 60 * minutes,
    hookTimeout: 30 * minutes,
  },
});
