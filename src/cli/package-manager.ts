/** Which package manager installs. The generated workspaces are npm's, so there is one answer so far. */

import { UserError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';

export const packageManager = 'npm';

const others = ['pnpm', 'yarn', 'bun', 'deno'];

/** @throws UserError (code 2) for any that the generated systems do not support */
export function requireSupported(asked: string | undefined): void {
  if (asked === undefined || asked === packageManager) return;
  const known = others.includes(asked);
  throw new UserError(
    2,
    `--package-manager "${asked}" is ${known ? "not supported: the generated workspaces are npm's" : 'unknown'}`,
    {
      hint: known ? 'Leave it out, or write --package-manager npm' : didYouMean(asked, [packageManager]),
    },
  );
}

/** A sentence for those who came by another one, such as `pnpm create`; null for the rest. */
export function noteOnPackageManager(env: Readonly<Record<string, string | undefined>>): string | null {
  const name = env.npm_config_user_agent?.split('/')[0];
  return name && others.includes(name) ? `Uses npm: the generated workspaces do not support ${name}` : null;
}
