/** Helpers that templates may call; the build refuses any other. They live in `src/render/helpers.ts`. */
export const helperNames = ['json', 'js', 'yaml', 'sh', 'fit', 'imports', 'list'] as const;

export type HelperName = (typeof helperNames)[number];
