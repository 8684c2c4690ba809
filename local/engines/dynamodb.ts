import type { DataFolder } from '../storage/data-folder.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { dynoxideBinary, startDynoxide } from './dynoxide.ts';
import type { TableEngine } from './table-engine.ts';

export type { TableEngine };

/**
 * Starts the engine that was asked for (`USHER_DYNAMODB`), else the native one where its package is installed, else
 * DynamoDB Local.
 */
export function startTableEngine(folder: DataFolder, wanted: string | undefined): Promise<TableEngine> {
  const binary = dynoxideBinary();
  switch (wanted) {
    case 'dynamodb-local':
      return startDynamoDbLocal(folder);
    case 'dynoxide':
      if (binary === null) throw new Error(noDynoxide());
      return startDynoxide(binary, folder);
    case undefined:
    case '':
      return binary === null ? startDynamoDbLocal(folder) : startDynoxide(binary, folder);
    default:
      throw new Error(
        `USHER_DYNAMODB is "${wanted}". It takes dynoxide or dynamodb-local; leave it out for either.`,
      );
  }
}

function noDynoxide(): string {
  return `USHER_DYNAMODB asks for dynoxide, and there is no package of it for this machine (@dynoxide/${process.platform}-${process.arch}).
Leave USHER_DYNAMODB out, or set it to dynamodb-local, which needs Java 17.`;
}
