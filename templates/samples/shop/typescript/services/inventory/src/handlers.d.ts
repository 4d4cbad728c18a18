export declare const reserveStock: import("@app/chassis/messaging").Handler<{
    orderId: string;
    item: string;
    quantity: number;
}>;
export declare const releaseStock: import("@app/chassis/messaging").Handler<{
    orderId: string;
}>;
export declare const confirmStock: import("@app/chassis/messaging").Handler<{
    orderId: string;
}>;
