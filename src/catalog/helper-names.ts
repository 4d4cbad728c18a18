/** Helpers that templates may call; the build refuses any other. They live in `src/render/helpers.ts`. */
export const valueHelpers = ['json', 'js', 'yaml', 'sh'] as const;
export const blockHelpers = ['imports', 'list'] as const;
export const helperNames = [...valueHelpers, ...blockHelpers] as const;

export type HelperName = (typeof helperNames)[number];
