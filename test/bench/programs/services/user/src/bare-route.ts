// The route of `GET /api/users/:id` as it is written without the chassis: the same query, the same schema of the
// input, a pool of the same size, and nothing else.
import { UserApi } from '@app/contracts/user';
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = express();

app.get('/api/users/:id', async (request, response) => {
  const { success, data } = UserApi.operations.getUser.input.safeParse(request.params);
  if (!success) {
    response.status(400).json({ error: 'Invalid input' });
    return;
  }
  const { rows } = await pool.query('SELECT id, name, email FROM users WHERE id = $1', [data.id]);
  if (rows.length === 0) response.status(404).json({ error: 'User not found' });
  else response.json(rows[0]);
});

app.listen(Number(process.env.PORT));
