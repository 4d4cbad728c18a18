import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const minutes = 60_000;

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.test.ts'],
    globalSetup: ['pack.ts'],
    // Each file runs a whole system: one after the other.
    fileParallelism: false,
    testTimeout: 20 * minutes,
    hookTimeout: 30 * minutes,
  },
});
