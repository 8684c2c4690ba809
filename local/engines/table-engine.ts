/** A DynamoDB that runs here. */
export type TableEngine = {
  readonly name: 'dynoxide' | 'dynamodb-local';
  readonly endpoint: string;
  readonly close: () => Promise<void>;
};
