/** The shop is a sample: a system with names of its own must have no word of it, in no file and no path. */

import type { FileTree } from '../../src/tree/tree.ts';

/** Words that only the shop has; some of them tell of it within a longer one, too. */
const foreign =
  /\b(shops?|gadgets?|quantit(y|ies)|orders)\b|\btok_|stock|payment|inventor(y|ies)|widget|place[- ]?order|\bcards?\b/i;

/** English and SQL speak of an order, databases and brokers of users: the shop's are names. */
const orders =
  /\border(_id|Id)\b|\border=|['"`][Oo]rder['"`]|\/order\b|order[-_]?(id|processor|events|replies)\b|\b(Order|ORDER_)[A-Z]/;
const users = /\buser(_id|Id)\b|\bUser[A-Z]|['"`]users?['"`](?!:)|\/users?\b(?!:)|\buser-[a-z$]|\bUSER_[A-Z]/;

/** Lines and paths of the tree that tell of the shop, with the path in front. */
export function foreignWordsIn(tree: FileTree): readonly string[] {
  return [...tree].flatMap(([path, { content }]) =>
    [path, ...content.split('\n')].filter(tellsOfTheShop).map((line) => `${path}: ${line.trim()}`),
  );
}

function tellsOfTheShop(line: string): boolean {
  // ReserveStock and stockRefused tell of the shop as much as "stock" does.
  const words = line.replace(/([a-z])([A-Z])/g, '$1 $2');
  return foreign.test(words) || orders.test(line) || users.test(line);
}
