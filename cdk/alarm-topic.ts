import { Aws, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { UsherOptions } from './options.ts';

/**
 * Where alarms go. Encrypted with a key of our own, because CloudWatch cannot use AWS's key for SNS; and with
 * an explicit permission, because a policy that demands TLS replaces the one that lets the account publish.
 */
export function createAlarmTopic(stack: Stack, options: UsherOptions): Topic {
  const alarmsOfThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  const key = new Key(stack, 'AlarmKey', {
    description: 'Encrypts what Usher alarms say',
    enableKeyRotation: true,
    // It protects messages on their way, nothing at rest that would have to be read again.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: alarmsOfThisAccount,
    }),
  );
  const topic = new Topic(stack, 'Alarms', { masterKey: key, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: alarmsOfThisAccount,
    }),
  );
  if (options.alarmEmail !== null) topic.addSubscription(new EmailSubscription(options.alarmEmail));
  return topic;
}
