export declare const inventories: import("@app/chassis/contract").Served;
