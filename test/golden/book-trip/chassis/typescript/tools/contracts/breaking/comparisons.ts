import { asyncApiComparison } from './asyncapi-breaks.ts';
import type { Comparison } from './check.ts';
import { openApiComparison } from './openapi-breaks.ts';

/** How documents are compared: one for each kind. */
export const comparisons: readonly Comparison[] = [asyncApiComparison, openApiComparison];
