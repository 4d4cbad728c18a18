export async function findUser(db, id) {
    const { rows } = await db.query('SELECT id, name, email FROM users WHERE id = $1', [id]);
    return rows[0];
}
/** Users in order of their ids, at most `limit` of those after the id `after`. */
export async function listUsers(db, { after, limit }) {
    const { rows } = await db.query('SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2', [after ?? '', limit]);
    return rows;
}
/** Creates a user; undefined if the address is taken. */
export async function createUser(tx, { name, email }) {
    const { rows } = await tx.query('INSERT INTO users (name, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING id, name, email', [name, email]);
    return rows[0];
}
