/** Compares version ranges of npm by the lowest version they allow. */

/**
 * The higher of two ranges, such as `^2.1.0` of `^2.1.0` and `~2.0.3`.
 * @returns nothing where one of them is not a plain range (a tag, a URL, `workspace:*`, several comparators)
 */
export function higherRange(a: string, b: string): string | undefined {
  const [versionA, versionB] = [lowest(a), lowest(b)];
  if (!versionA || !versionB) {
    return;
  }
  return compare(versionA, versionB) >= 0 ? a : b;
}

interface Version {
  readonly numbers: readonly number[];
  readonly prerelease: readonly string[];
}

function lowest(range: string): Version | undefined {
  const match =
    /^(?:[\^~=v]|>=)?\s*(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([\w.-]+))?(?:\+[\w.-]+)?$/.exec(
      range.trim(),
    );
  if (!match) {
    return;
  }
  const numbers = match.slice(1, 4).map((part) => Number.parseInt(part ?? '0', 10) || 0);
  return { numbers, prerelease: match[4]?.split('.') ?? [] };
}

function compare(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return comparePrerelease(a.prerelease, b.prerelease);
}

/** SemVer 2.0.0, item 11: none is higher than any; numbers are lower than words; the longer of equals is higher. */
function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) {
    return b.length - a.length;
  }
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = comparePart(a[index], b[index]);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) {
    return 0;
  }
  if (a === undefined || b === undefined) {
    return a === undefined ? -1 : 1;
  }
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) {
    return Number(a) - Number(b);
  }
  return isNumberA === isNumberB ? (a < b ? -1 : 1) : Number(isNumberB) - Number(isNumberA);
}
