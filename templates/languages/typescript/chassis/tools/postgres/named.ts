import { WrongUsage } from '../interrupt.ts';

/** The URL that DATABASE_URL holds. @throws WrongUsage without it where it is none, as it may hold a password */
export function namedDatabase(url: string): string {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new WrongUsage(
    'DATABASE_URL: write a URL such as postgres://postgres:password@localhost:5432/postgres.',
  );
}
