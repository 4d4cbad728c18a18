import type { Tx } from '@app/chassis/database';
import type { User } from '@app/contracts/user';

export async function findUser(db: Tx, id: string): Promise<User | undefined> {
  const { rows } = await db.query<User>('SELECT id, name, email FROM users WHERE id = $1', [id]);
  return rows[0];
}

/** Users in order of their ids, at most `limit` of those after the id `after`. */
export async function listUsers(
  db: Tx,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<User[]> {
  const { rows } = await db.query<User>(
    'SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2',
    [after ?? '', limit],
  );
  return rows;
}

/** Creates a user; undefined if the address is taken. */
export async function createUser(tx: Tx, { name, email }: Omit<User, 'id'>): Promise<User | undefined> {
  const { rows } = await tx.query<User>(
    'INSERT INTO users (name, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING id, name, email',
    [name, email],
  );
  return rows[0];
}
