import type { Tx } from '@app/chassis/database';
import type { Money } from '@app/contracts/money';
import type { Payment } from '@app/contracts/payment';
import type { Authorization } from './card-provider.ts';
export type Outcome = {
    status: 'PENDING';
} | {
    status: 'AUTHORIZED';
} | {
    status: 'DECLINED';
    reason: string;
};
/** Notes that the provider is going to be asked; gives the outcome so far, also that of an earlier request. */
export declare function openPayment(tx: Tx, { orderId, price }: {
    orderId: string;
    price: Money;
}): Promise<Outcome>;
/** Notes what the provider said; what was settled before stands. */
export declare function settlePayment(tx: Tx, { orderId, authorization }: {
    orderId: string;
    authorization: Authorization;
}): Promise<Outcome>;
/**
 * Whether the provider has to void something for the order. For an order it has not seen it leaves a tombstone, so
 * that a late authorization is refused.
 */
export declare function needsVoid(tx: Tx, orderId: string): Promise<boolean>;
/** Notes that the provider has voided; a declined payment stays declined. */
export declare function voidPayment(tx: Tx, orderId: string): Promise<void>;
export declare function findPayment(db: Tx, orderId: string): Promise<Payment | undefined>;
