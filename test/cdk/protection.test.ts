import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { createStack, firewallOf, resourcesOf } from './synthesised.ts';

/** With the edge, the stack has everything it can have. */
const { app, stack } = createStack({ edge: true });
const templates = [Template.fromStack(stack), Template.fromStack(firewallOf(app))];
const allOf = (type: string) => templates.flatMap(template => resourcesOf(template, type));

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of no particular type.
type IsEncrypted = (properties: any) => boolean;

/** What keeps data, and how it shows that it is encrypted where AWS does not do that in any case. */
const ENCRYPTED: Record<string, IsEncrypted> = {
  'AWS::DynamoDB::Table': ({ SSESpecification }) => SSESpecification.SSEEnabled,
  'AWS::SQS::Queue': ({ SqsManagedSseEnabled }) => SqsManagedSseEnabled,
  'AWS::SNS::Topic': ({ KmsMasterKeyId }) => KmsMasterKeyId !== undefined,
  'AWS::S3::Bucket': ({ BucketEncryption }) => BucketEncryption !== undefined,
};

/** AWS encrypts what these keep with a key of its own and cannot be told not to. */
const ALWAYS_ENCRYPTED = [
  'AWS::Cognito::UserPool',
  'AWS::Events::EventBus',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SecretsManager::Secret',
];

/** These keep nothing that anybody said. */
const WITHOUT_DATA =
  /^AWS::(IAM|KMS|CloudWatch|WAFv2|ApiGatewayV2|CloudFront)::|^AWS::Lambda::(EventSourceMapping|EventInvokeConfig|Permission)$|^AWS::Events::Rule$|^AWS::Cognito::UserPool(Group|Domain|Client)$|Policy$/;

const TYPES = [
  ...new Set(
    templates.flatMap(template =>
      Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type),
    ),
  ),
];

describe('everything that keeps data', () => {
  test('is known: a new kind of resource has to be looked at', () => {
    const unknown = TYPES.filter(
      type => !(type in ENCRYPTED) && !ALWAYS_ENCRYPTED.includes(type) && !WITHOUT_DATA.test(type),
    );
    expect(unknown).toEqual([]);
  });

  test.each(Object.entries(ENCRYPTED))('is encrypted: %s', (type, isEncrypted) => {
    expect(allOf(type)).not.toEqual([]);
    for (const { properties } of allOf(type)) expect(isEncrypted(properties)).toBe(true);
  });

  test.each([
    ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
    ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
    ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
  ])('is reached by TLS only: %s', (type, policyType, target) => {
    for (const { id } of allOf(type)) {
      templates[0]?.hasResourceProperties(policyType, {
        [target]: target === 'Bucket' ? { Ref: id } : [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      });
    }
  });

  test('is open to nobody: every bucket refuses public access, whatever somebody sets later', () => {
    for (const { properties } of allOf('AWS::S3::Bucket')) {
      expect(properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });
});

describe('deleting', () => {
  test('a stack takes two steps, unless it is a throw-away stage', () => {
    expect([stack, firewallOf(app)].map(({ terminationProtection }) => terminationProtection)).toEqual([
      true,
      true,
    ]);
    expect(createStack({ stage: 'trial' }).stack.terminationProtection).toBe(false);
  });

  test('the table and the user pool takes two steps as well, and they and all logs outlive the stack', () => {
    const [table] = allOf('AWS::DynamoDB::Table');
    const [pool] = allOf('AWS::Cognito::UserPool');
    expect(table?.properties.DeletionProtectionEnabled).toBe(true);
    expect(pool?.properties.DeletionProtection).toBe('ACTIVE');
    const kept = [table, pool, ...allOf('AWS::Logs::LogGroup'), ...allOf('AWS::S3::Bucket')];
    for (const each of kept) expect(each?.whole).toMatchObject({ DeletionPolicy: 'Retain' });
  });
});
