export declare const payments: import("@app/chassis/contract").Served;
