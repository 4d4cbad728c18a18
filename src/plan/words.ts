/** The forms of one name: `book-trip`, `BookTrip`, `bookTrip`, `book_trip`, `BOOK_TRIP`. */
export interface Words {
  /** In kebab-case. */
  readonly name: string;
  readonly Pascal: string;
  readonly camel: string;
  readonly snake: string;
  readonly UPPER: string;
  /** For people: `book trip`. */
  readonly text: string;
}

/** All forms of a name in kebab-case. */
export function wordsOf(kebab: string): Words {
  const words = kebab.split('-');
  const Pascal = words.map(capitalized).join('');
  return {
    name: kebab,
    Pascal,
    camel: uncapitalized(Pascal),
    snake: words.join('_'),
    UPPER: words.join('_').toUpperCase(),
    text: words.join(' '),
  };
}

/** All forms of a name in PascalCase: the way back from a name that a sample gives. */
export function wordsOfPascal(Pascal: string): Words {
  const kebab = Pascal.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();
  return { ...wordsOf(kebab), Pascal, camel: uncapitalized(Pascal) };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function uncapitalized(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}
