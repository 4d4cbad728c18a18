/**
 * Variables with the URL of something that runs in containers only. Without containers they have that of the database
 * `bus`, which stands in for it.
 */
export const embedded: readonly string[] = ['BROKER_URL'];
