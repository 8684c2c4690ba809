import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FUNCTION_NAMES, type FunctionName } from '../../cdk/functions.ts';
import { allowedActions, wildcardsIn } from './policies.ts';
import { createStack, synthesise } from './synthesised.ts';

const template = synthesise();

const OF_EVERY_FUNCTION = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];
const CHANGE = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];
const ALLOCATE = [
  ...CHANGE,
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
];
const SEND_TO_A_QUEUE = ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];

/** Everything each function may do, besides logging and tracing. */
const ACTIONS: Record<FunctionName, readonly string[]> = {
  'start-chat': [...ALLOCATE, 'sqs:SendMessage'],
  chats: [...ALLOCATE, 'sqs:SendMessage'],
  agents: [...ALLOCATE, 'sqs:SendMessage'],
  admin: [...ALLOCATE, 'sqs:SendMessage', 'events:DisableRule', 'events:EnableRule'],
  projects: [...CHANGE, 'dynamodb:BatchGetItem'],
  search: [
    ...ALLOCATE,
    ...SEND_TO_A_QUEUE,
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:ReceiveMessage',
  ],
  // It ends offers and hands out at the edges of schedules.
  minute: [...ALLOCATE, ...SEND_TO_A_QUEUE],
  'job-minute': ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', ...SEND_TO_A_QUEUE],
  publish: [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'events:PutEvents',
    ...SEND_TO_A_QUEUE,
  ],
};

describe('what the functions may do', () => {
  test.each(FUNCTION_NAMES)('%s may do what it needs and no more', name => {
    const actions = allowedActions(template, name);
    expect([...actions].sort()).toEqual([...OF_EVERY_FUNCTION, ...ACTIONS[name]].sort());
  });

  test('no action and no resource is a wildcard, but that of X-Ray', () => {
    expect(wildcardsIn(template)).toEqual([]);
  });

  test('an edge brings no permission', () => {
    const behindEdge = synthesise({ edge: true });
    for (const name of FUNCTION_NAMES) {
      expect(allowedActions(behindEdge, name)).toEqual(allowedActions(template, name));
    }
    expect(wildcardsIn(behindEdge)).toEqual([]);
  });

  test('a planted wildcard is found', () => {
    const { stack } = createStack();
    const role = new Role(stack, 'Planted', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:*'], resources: ['arn:aws:sqs:::one'] }));
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: ['*'] }));
    expect(wildcardsIn(Template.fromStack(stack))).toEqual([
      expect.stringMatching(/^Planted.*: sqs:\*$/),
      expect.stringMatching(/^Planted.*: resource "\*"$/),
    ]);
  });
});
