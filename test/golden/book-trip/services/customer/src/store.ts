import type { Tx } from '@app/chassis/database';
import type { Customer } from '@app/contracts/customer';

interface Row {
  id: string;
  name: string;
  created_at: Date;
}

export async function findCustomer(db: Tx, id: string): Promise<Customer | undefined> {
  const { rows } = await db.query<Row>('SELECT * FROM customers WHERE id = $1', [id]);
  return rows[0] && toCustomer(rows[0]);
}

/** In order of their ids, at most `limit` of those after the id `after`. */
export async function listCustomers(
  db: Tx,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Customer[]> {
  const sql = 'SELECT * FROM customers WHERE id > $1 ORDER BY id LIMIT $2';
  const { rows } = await db.query<Row>(sql, [after ?? '', limit]);
  return rows.map(toCustomer);
}

export async function createCustomer(tx: Tx, { name }: { name: string }): Promise<Customer> {
  const { rows } = await tx.query<Row>('INSERT INTO customers (name) VALUES ($1) RETURNING *', [name]);
  return toCustomer(rows[0] as Row);
}

function toCustomer({ id, name, created_at }: Row): Customer {
  return { id, name, createdAt: created_at.toISOString() };
}
