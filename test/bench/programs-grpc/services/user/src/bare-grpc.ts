// `GetUser` as it is written without the chassis: the same proto, query and schema of the input, a pool of the same
// size, and nothing else.

import { UserApi } from '@app/contracts/user';
import { Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const types = loadSync('user/v1/user.proto', { includeDirs: ['contracts/proto'] });
const server = new Server();

async function getUser({ request }: { request: object }, done: sendUnaryData<object>): Promise<void> {
  const { success, data } = UserApi.operations.getUser.input.safeParse(request);
  if (!success) {
    done({ code: status.INVALID_ARGUMENT, details: 'Invalid input' });
    return;
  }
  const { rows } = await pool.query('SELECT id, name, email FROM users WHERE id = $1', [data.id]);
  if (rows.length === 0) done({ code: status.NOT_FOUND, details: 'User not found' });
  else done(null, rows[0]);
}

server.addService(types['user.v1.UserService'] as never, { GetUser: getUser });
server.bindAsync(`127.0.0.1:${process.env.GRPC_PORT}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
