import { describe, expect, test } from '@jest/globals';
import { OLDEST_WAIT_SECONDS_MAX } from '../../cdk/alarms.ts';
import { FUNCTION_NAMES } from '../../cdk/functions.ts';
import { functionsOf, resourcesOf, synthesise } from './synthesised.ts';

const template = synthesise();
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);
const [topic] = resourcesOf(template, 'AWS::SNS::Topic');

describe('alarms', () => {
  test('all go to the topic', () => {
    expect(alarms.length).toBeGreaterThan(0);
    for (const alarm of alarms) expect(alarm.AlarmActions).toEqual([{ Ref: topic?.id }]);
  });

  test.each(FUNCTION_NAMES)('one is raised when %s fails', name => {
    expect(alarms).toContainEqual(
      expect.objectContaining({
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionsOf(template).get(name)?.id } }],
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  });

  test('one is raised for each dead-letter queue that is not empty', () => {
    const deadLetters = resourcesOf(template, 'AWS::SQS::Queue').filter(({ id }) =>
      id.includes('DeadLetters'),
    );
    expect(deadLetters).toHaveLength(3);
    for (const { id } of deadLetters) {
      expect(alarms).toContainEqual(
        expect.objectContaining({
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
          Threshold: 0,
        }),
      );
    }
  });

  test('one is raised when a chat has waited too long, and when nobody measures it', () => {
    expect(alarms).toContainEqual(
      expect.objectContaining({
        Namespace: 'Usher',
        MetricName: 'OldestWaitSeconds',
        Dimensions: [{ Name: 'service', Value: 'usher' }],
        Statistic: 'Maximum',
        Period: 60,
        Threshold: OLDEST_WAIT_SECONDS_MAX,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 5,
        TreatMissingData: 'breaching',
      }),
    );
  });

  test.each(['IteratorAge', '5xx'])('one is raised on %s', metricName => {
    expect(alarms.map(({ MetricName }) => MetricName)).toContain(metricName);
  });

  test('one is raised when any API function is throttled', () => {
    const math = alarms.find(({ Metrics }) => Metrics !== undefined);
    expect(JSON.stringify(math.Metrics).match(/"MetricName":"Throttles"/g)).toHaveLength(5);
  });
});

describe('the alarm topic', () => {
  test('is encrypted with a key that CloudWatch may use and that rotates', () => {
    const [key] = resourcesOf(template, 'AWS::KMS::Key');
    expect(topic?.properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key?.id, 'Arn'] });
    expect(key?.properties.EnableKeyRotation).toBe(true);
    expect(JSON.stringify(key?.properties.KeyPolicy)).toContain('cloudwatch.amazonaws.com');
  });

  test('lets CloudWatch publish and refuses plain HTTP', () => {
    const [policy] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
    expect(policy?.properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  test('mails what it gets, if there is an address', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    synthesise({ alarmEmail: 'ops@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
  });
});
