import { describe, expect, test } from '@jest/globals';
import { TABLE_SHAPE } from '../../functions/store/table.ts';
import { resourcesOf, synthesise } from './synthesised.ts';

const template = synthesise();
const [table] = resourcesOf(template, 'AWS::DynamoDB::Table');

describe('the table', () => {
  test('has the keys and indexes of TABLE_SHAPE', () => {
    const { partitionKey, sortKey, rankIndex, membersIndex, listsIndex } = TABLE_SHAPE;
    expect(table?.properties).toMatchObject({
      KeySchema: [hash(partitionKey), range(sortKey)],
      LocalSecondaryIndexes: [
        {
          IndexName: rankIndex.name,
          KeySchema: [hash(partitionKey), range(rankIndex.sortKey)],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: rankIndex.projected },
        },
        {
          IndexName: membersIndex.name,
          KeySchema: [hash(partitionKey), range(membersIndex.sortKey)],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: listsIndex.name,
          KeySchema: [hash(listsIndex.partitionKey), range(listsIndex.sortKey)],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: listsIndex.projected },
        },
      ],
      TimeToLiveSpecification: { AttributeName: TABLE_SHAPE.expiryAttribute, Enabled: true },
    });
  });

  test('is on demand, encrypted, recoverable to any second, and streams both images', () => {
    expect(table?.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  test('outlives the stack', () => {
    expect(table?.properties.DeletionProtectionEnabled).toBe(true);
    expect(table?.whole).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('goes with a throw-away stage', () => {
    const [thrownAway] = resourcesOf(synthesise({ stage: 'trial' }), 'AWS::DynamoDB::Table');
    expect(thrownAway?.properties.DeletionProtectionEnabled).toBe(false);
    expect(thrownAway?.whole.DeletionPolicy).toBe('Delete');
  });
});

function hash(AttributeName: string) {
  return { AttributeName, KeyType: 'HASH' };
}

function range(AttributeName: string) {
  return { AttributeName, KeyType: 'RANGE' };
}
