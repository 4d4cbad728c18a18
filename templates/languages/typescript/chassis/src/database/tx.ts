import type { QueryResult, QueryResultRow } from 'pg';

/** One open transaction: all that a handler may do with the database. */
export interface Tx {
  query<R extends QueryResultRow = QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryResult<R>>;
  /**
   * Runs `work` once the transaction has committed, never if it rolls back; an error of it is only logged. Absent
   * outside a transaction.
   */
  readonly afterCommit?: (work: () => void) => void;
}

/** The service's own database. */
export interface Database extends Tx {
  readonly url: string;
  /** Runs `work` in one transaction. A serialization failure or deadlock (40001, 40P01) is retried in place. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Whether the database answers now. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
