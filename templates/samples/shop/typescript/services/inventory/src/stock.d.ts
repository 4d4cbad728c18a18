import type { Tx } from '@app/chassis/database';
import type { Stock } from '@app/contracts/inventory';
import type { Money } from '@app/contracts/money';
export type Reservation = {
    ok: true;
    price: Money;
} | {
    ok: false;
    reason: string;
};
/**
 * Holds stock for an order until it is confirmed or released. Asked again, it gives the first answer;
 * asked after a release, it refuses.
 */
export declare function reserve(tx: Tx, { orderId, item, quantity }: {
    orderId: string;
    item: string;
    quantity: number;
}): Promise<Reservation>;
/** Gives held stock back. For an order it has not seen it leaves a tombstone, so that a late reservation is refused. */
export declare function release(tx: Tx, { orderId }: {
    orderId: string;
}): Promise<void>;
/** Turns an order's held stock into sold stock; asked again, it does nothing. */
export declare function confirm(tx: Tx, { orderId }: {
    orderId: string;
}): Promise<void>;
export declare function findStock(db: Tx, item: string): Promise<Stock | undefined>;
export declare function listStock(db: Tx): Promise<Stock[]>;
