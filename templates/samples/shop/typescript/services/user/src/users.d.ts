import type { Tx } from '@app/chassis/database';
import type { User } from '@app/contracts/user';
export declare function findUser(db: Tx, id: string): Promise<User | undefined>;
/** Users in order of their ids, at most `limit` of those after the id `after`. */
export declare function listUsers(db: Tx, { after, limit }: {
    after?: string | undefined;
    limit: number;
}): Promise<User[]>;
/** Creates a user; undefined if the address is taken. */
export declare function createUser(tx: Tx, { name, email }: Omit<User, 'id'>): Promise<User | undefined>;
