import { asyncApi } from './asyncapi.ts';
import { openApi } from './openapi.ts';
import type { Description } from './read.ts';

/** In which forms the contracts are described. */
export const descriptions: readonly Description[] = [asyncApi, openApi];
