import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, AttributeValue as EventValue } from 'aws-lambda';

/** A record of the stream as Lambda receives it: times in seconds, binaries in base64. */
export function lambdaRecord(record: StreamRecord, eventSourceARN: string): DynamoDBRecord {
  const { dynamodb } = record;
  return {
    ...(record.eventID !== undefined && { eventID: record.eventID }),
    ...(record.eventName !== undefined && { eventName: record.eventName }),
    ...(record.eventVersion !== undefined && { eventVersion: record.eventVersion }),
    ...(record.awsRegion !== undefined && { awsRegion: record.awsRegion }),
    eventSource: 'aws:dynamodb',
    eventSourceARN,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(
        (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1_000,
      ),
      ...(dynamodb?.Keys !== undefined && { Keys: image(dynamodb.Keys) }),
      ...(dynamodb?.NewImage !== undefined && { NewImage: image(dynamodb.NewImage) }),
      ...(dynamodb?.OldImage !== undefined && { OldImage: image(dynamodb.OldImage) }),
      SequenceNumber: dynamodb?.SequenceNumber ?? '',
      SizeBytes: dynamodb?.SizeBytes ?? 0,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

function image(attributes: Record<string, AttributeValue>): Record<string, EventValue> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, eventValue(value)]));
}

function eventValue(value: AttributeValue): EventValue {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(eventValue) };
  if (value.M !== undefined) return { M: image(value.M) };
  // The rest is written the same way in both: S, N, SS, NS, BOOL, NULL.
  return value as EventValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
