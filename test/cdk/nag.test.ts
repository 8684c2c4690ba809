import { describe, expect, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { createStack, firewallOf } from './synthesised.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/one';

describe('the AwsSolutions rules', () => {
  test('find nothing that is not acknowledged', () => {
    expect(findings(createStack().stack)).toEqual([]);
  });

  test('find nothing in a throw-away stage either', () => {
    expect(findings(createStack({ stage: 'trial' }).stack)).toEqual([]);
  });

  test.each([
    [{ edge: true }],
    [{ edge: true, stage: 'trial' }],
    [{ edge: true, edgeDomain: 'chat.example.com', edgeCertificate: CERTIFICATE }],
  ])('find nothing with an edge: %j', options => {
    const { app, stack } = createStack(options);
    expect([...findings(stack), ...findings(firewallOf(app))]).toEqual([]);
  });

  test('find a planted fault', () => {
    const { stack } = createStack();
    new Queue(stack, 'Planted');
    expect(findings(stack)).toEqual([
      expect.stringMatching(/^AwsSolutions-SQS3 .*Planted/),
      expect.stringMatching(/^AwsSolutions-SQS4 .*Planted/),
    ]);
  });
});

function findings(stack: Stack): readonly string[] {
  return new AwsSolutionsChecks()
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
}
