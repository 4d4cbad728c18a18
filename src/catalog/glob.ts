/** Globs over target paths: `*` within one part, `**` across parts; a leading `!` takes paths out again. */

/** Tells whether a `/`-separated path is in a list of globs. The last one that matches decides. */
export function matchesGlob(path: string, globs: readonly string[]): boolean {
  const last = globs.findLast((glob) => globExpression(glob.replace(/^!/, '')).test(path));
  return last !== undefined && !last.startsWith('!');
}

const expressions = new Map<string, RegExp>();

function globExpression(glob: string): RegExp {
  const known = expressions.get(glob);
  if (known) return known;
  const body = glob.replace(/\*\*\/?|\*|[.+^${}()|[\]\\?]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    return token === '*' ? '[^/]*' : `\\${token}`;
  });
  const expression = new RegExp(`^${body}$`);
  expressions.set(glob, expression);
  return expression;
}
