import { storeContract } from './contract.ts';

storeContract('dynamodb-local');
