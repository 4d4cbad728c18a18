export declare const authorizePayment: import("@app/chassis/messaging").CallingHandler<{
    orderId: string;
    price: {
        amount: number;
        currency: string;
    };
    cardToken: string;
}, import("./card-provider.ts").Authorization>;
export declare const voidAuthorization: import("@app/chassis/messaging").CallingHandler<{
    orderId: string;
}, void>;
