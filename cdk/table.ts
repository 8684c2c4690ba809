import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { TABLE_SHAPE } from '../functions/store/table.ts';
import type { UsherOptions } from './options.ts';

/** The one table, as `TABLE_SHAPE` describes it. Outlives the stack, unless that is a throw-away copy. */
export function createTable(stack: Stack, options: UsherOptions): Table {
  const kept = options.stage === null;
  const table = new Table(stack, 'Table', {
    partitionKey: text(TABLE_SHAPE.partitionKey),
    sortKey: text(TABLE_SHAPE.sortKey),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // AWS's key in this account: its use shows up in CloudTrail, that of DynamoDB's own key does not.
    encryption: TableEncryption.AWS_MANAGED,
    timeToLiveAttribute: TABLE_SHAPE.expiryAttribute,
    // Both images: an event tells the version before and after.
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    deletionProtection: kept,
    removalPolicy: kept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const { rankIndex, membersIndex, listsIndex } = TABLE_SHAPE;
  table.addLocalSecondaryIndex({
    indexName: rankIndex.name,
    sortKey: text(rankIndex.sortKey),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: [...rankIndex.projected],
  });
  table.addLocalSecondaryIndex({
    indexName: membersIndex.name,
    sortKey: text(membersIndex.sortKey),
    projectionType: ProjectionType.KEYS_ONLY,
  });
  table.addGlobalSecondaryIndex({
    indexName: listsIndex.name,
    partitionKey: text(listsIndex.partitionKey),
    sortKey: text(listsIndex.sortKey),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: [...listsIndex.projected],
  });
  return table;
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
