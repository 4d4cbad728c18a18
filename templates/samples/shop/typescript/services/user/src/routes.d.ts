export declare const users: import("@app/chassis/contract").Served;
