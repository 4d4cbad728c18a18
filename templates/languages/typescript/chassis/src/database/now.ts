/**
 * The present, for a condition. As a subquery, since an index is not searched with a function that changes from row to
 * row.
 */
export const NOW = '(SELECT clock_timestamp())';
