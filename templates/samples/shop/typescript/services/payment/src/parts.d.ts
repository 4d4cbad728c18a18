export declare const parts: import("@app/chassis/lifecycle").Part[];
