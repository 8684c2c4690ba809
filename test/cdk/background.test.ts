import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { BOUNDS } from '../../functions/bounds.ts';
import { ENVIRONMENT } from '../../functions/environment.ts';
import { functionsOf, resourcesOf, synthesise } from './synthesised.ts';

const template = synthesise();
const functions = functionsOf(template);
const queues = resourcesOf(template, 'AWS::SQS::Queue');
const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties);
const idOfQueue = (prefix: string) => queues.find(({ id }) => id.startsWith(prefix))?.id;
const arnOf = (id: string | undefined) => ({ 'Fn::GetAtt': [id, 'Arn'] });

describe('the queues', () => {
  test('are encrypted and refuse plain HTTP', () => {
    expect(queues).toHaveLength(4);
    for (const { id, properties } of queues) {
      expect(properties.SqsManagedSseEnabled).toBe(true);
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      });
    }
  });

  test('a search that keeps failing ends up in the dead letters', () => {
    const search = queues.find(({ id }) => id.startsWith('SearchQueue'));
    expect(search?.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: arnOf(idOfQueue('SearchDeadLetters')),
      maxReceiveCount: 5,
    });
  });
});

describe('the worker', () => {
  const worker = functions.get('search');

  test('reads the search queue, a bounded number at once, and hands back what failed', () => {
    const mapping = mappings.find(({ FunctionName }) => FunctionName.Ref === worker?.id);
    expect(mapping).toMatchObject({
      EventSourceArn: arnOf(idOfQueue('SearchQueue')),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
  });

  test('is never asked for more at once than is reserved for it, so that no message is throttled', () => {
    const mapping = mappings.find(({ FunctionName }) => FunctionName.Ref === worker?.id);
    expect(worker?.properties.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(
      mapping.ScalingConfig.MaximumConcurrency,
    );
  });

  test('is not cut off while its searches are within their time', () => {
    const { BatchSize } = mappings.find(({ FunctionName }) => FunctionName.Ref === worker?.id);
    expect(BatchSize * BOUNDS.searchWorkerMs).toBeLessThan(worker?.properties.Timeout * 1_000);
  });

  test('has time to try a batch six times before it is handed out again', () => {
    const search = queues.find(({ id }) => id.startsWith('SearchQueue'));
    expect(search?.properties.VisibilityTimeout).toBe(worker?.properties.Timeout * 6);
  });
});

describe('the consumer of the stream', () => {
  test('tries again for as long as the stream keeps a change, splits a bad batch and tells what is past that', () => {
    const mapping = mappings.find(({ FunctionName }) => FunctionName.Ref === functions.get('publish')?.id);
    const [table] = resourcesOf(template, 'AWS::DynamoDB::Table');
    expect(mapping).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [table?.id, 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 24 * 60 * 60,
      DestinationConfig: { OnFailure: { Destination: arnOf(idOfQueue('PublishDeadLetters')) } },
    });
  });

  test('sets aside in its dead letters what it cannot read', () => {
    const { Variables } = functions.get('publish')?.properties.Environment ?? {};
    expect(Variables[ENVIRONMENT.unreadableQueueUrl]).toEqual({ Ref: idOfQueue('PublishDeadLetters') });
  });
});

describe('the minute function', () => {
  const deadLetters = arnOf(idOfQueue('MinuteDeadLetters'));

  test('is called once a minute, and a call that cannot be made is kept', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [
        {
          Arn: arnOf(functions.get('minute')?.id),
          DeadLetterConfig: { Arn: deadLetters },
          RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
        },
      ],
    });
  });

  test('is not tried again when the next minute has come', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: deadLetters } },
    });
  });
});

test('events go to the bus named usher', () => {
  template.hasResourceProperties('AWS::Events::EventBus', { Name: 'usher' });
});

test('the outputs name what the ways back from the dead letters ask for', () => {
  const value = (output: string) => template.findOutputs(output)[output]?.Value;
  expect(value('SearchDeadLettersArn')).toEqual(arnOf(idOfQueue('SearchDeadLetters')));
  expect(value('MinuteDeadLettersUrl')).toEqual({ Ref: idOfQueue('MinuteDeadLetters') });
  expect(value('PublishDeadLettersUrl')).toEqual({ Ref: idOfQueue('PublishDeadLetters') });
  expect(value('PublishFunctionName')).toEqual({ Ref: functions.get('publish')?.id });
});
