import type { Money } from '@app/contracts/money';
export type Authorization = {
    approved: true;
} | {
    approved: false;
    reason: string;
};
export interface CardProvider {
    /** Reserves the amount on the card. Asked again under the same key, it gives the same answer and reserves nothing. */
    authorize(request: {
        idempotencyKey: string;
        reference: string;
        price: Money;
        cardToken: string;
        signal: AbortSignal;
    }): Promise<Authorization>;
    /** Gives back what was reserved under the reference, if anything was. */
    void(request: {
        idempotencyKey: string;
        reference: string;
        signal: AbortSignal;
    }): Promise<void>;
}
/** Stands in for a real provider, whose client belongs here. Declines the token `tok_declined`. */
export declare const cardProvider: CardProvider;
