import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { ENVIRONMENT } from '../functions/environment.ts';
import type { TokenIssuer } from './identity.ts';
import type { UsherOptions } from './options.ts';
import type { TableUse } from './table-use.ts';

/*
 * One call for a permission and for the environment variable that names what is permitted: neither is of use
 * without the other. Every action is spelled out; the constructs' own grants bring wildcards and more than is used.
 */

export function grantTable(lambda: LambdaFunction, table: Table, { items, queries }: TableUse): void {
  lambda.addToRolePolicy(
    new PolicyStatement({
      actions: items.map(action => `dynamodb:${action}`),
      resources: [table.tableArn],
    }),
  );
  const queried = queries.map(name =>
    name === 'table' ? table.tableArn : `${table.tableArn}/index/${name}`,
  );
  lambda.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources: queried }));
  lambda.addEnvironment(ENVIRONMENT.tableName, table.tableName);
}

export function grantSearch(lambda: LambdaFunction, queue: Queue): void {
  queue.grant(lambda, 'sqs:SendMessage');
  lambda.addEnvironment(ENVIRONMENT.searchQueueUrl, queue.queueUrl);
}

export function grantPublish(lambda: LambdaFunction, bus: EventBus): void {
  lambda.addToRolePolicy(
    new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }),
  );
  lambda.addEnvironment(ENVIRONMENT.eventBusName, bus.eventBusName);
}

/** What the publisher cannot read it sends to the dead letters itself. */
export function grantSetAside(lambda: LambdaFunction, queue: Queue): void {
  queue.grant(lambda, 'sqs:SendMessage');
  lambda.addEnvironment(ENVIRONMENT.unreadableQueueUrl, queue.queueUrl);
}

/** Starting and stopping the job switches its schedule on and off. */
export function grantSwitch(lambda: LambdaFunction, rule: Rule): void {
  lambda.addToRolePolicy(
    new PolicyStatement({ actions: ['events:EnableRule', 'events:DisableRule'], resources: [rule.ruleArn] }),
  );
  lambda.addEnvironment(ENVIRONMENT.jobRule, rule.ruleName);
}

/** Verifying a token takes no permission: the issuer's keys are public. */
export function trustTokens(lambda: LambdaFunction, issuer: TokenIssuer): void {
  lambda.addEnvironment(ENVIRONMENT.tokenIssuer, issuer.url);
  lambda.addEnvironment(ENVIRONMENT.tokenAudience, issuer.audience);
}

/** Nor does knowing the edge: what it shows is resolved into the variable when the function is deployed. */
export function admitFromEdge(lambda: LambdaFunction, secret: Secret): void {
  lambda.addEnvironment(ENVIRONMENT.edgeSecret, secret.secretValue.unsafeUnwrap());
}

/** Nor does a limit: the counts are rows of the table. */
export function limitStarts(lambda: LambdaFunction, options: UsherOptions): void {
  lambda.addEnvironment(ENVIRONMENT.startsPerAddress, String(options.startsPerAddress));
  lambda.addEnvironment(ENVIRONMENT.startsPerProject, String(options.startsPerProject));
}

/**
 * What an event source mapping needs to read the table's stream. `ListStreams` is checked against the stream
 * too, though the construct's own grant asks for it on `*`.
 */
export function grantStreamRead(lambda: LambdaFunction, streamArn: string): void {
  lambda.addToRolePolicy(
    new PolicyStatement({
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resources: [streamArn],
    }),
  );
}
