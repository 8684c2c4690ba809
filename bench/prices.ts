/** DynamoDB on demand, in dollars (docs/decisions/0001-one-table.md). */
export const DOLLARS_PER_MILLION_WRITES = 0.625;
export const DOLLARS_PER_MILLION_READS = 0.125;
