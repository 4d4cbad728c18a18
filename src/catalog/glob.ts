/** Globs over target paths: `*` within one part, `**` across parts. */

/** Tells whether a `/`-separated path matches one of the globs. */
export function matchesGlob(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => globExpression(glob).test(path));
}

function globExpression(glob: string): RegExp {
  const body = glob.replace(/\*\*\/?|\*|[.+^${}()|[\]\\?]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    return token === '*' ? '[^/]*' : `\\${token}`;
  });
  return new RegExp(`^${body}$`);
}
