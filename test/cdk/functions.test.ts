import { describe, expect, test } from '@jest/globals';
import { FUNCTION_NAMES, type FunctionName } from '../../cdk/functions.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { ENVIRONMENT } from '../../functions/environment.ts';
import { HTTP_FUNCTIONS } from '../../functions/routes.ts';
import { functionsOf, resourcesOf, synthesise } from './synthesised.ts';

const template = synthesise();
const functions = functionsOf(template);
const settings = (name: FunctionName) => functions.get(name)?.properties;

const { tableName, searchQueueUrl, eventBusName, unreadableQueueUrl, jobRule } = ENVIRONMENT;
const { tokenIssuer, tokenAudience, edgeSecret, startsPerAddress, startsPerProject } = ENVIRONMENT;
const SEARCHING_OVER_HTTP = [tableName, searchQueueUrl, tokenIssuer, tokenAudience];

/** No function gets a setting that it has no use for. */
const VARIABLES: Record<FunctionName, readonly string[]> = {
  'start-chat': [...SEARCHING_OVER_HTTP, startsPerAddress, startsPerProject],
  chats: SEARCHING_OVER_HTTP,
  agents: SEARCHING_OVER_HTTP,
  admin: [...SEARCHING_OVER_HTTP, jobRule],
  projects: [tableName, tokenIssuer, tokenAudience],
  search: [tableName, searchQueueUrl],
  minute: [tableName, searchQueueUrl],
  'job-minute': [tableName, searchQueueUrl],
  publish: [eventBusName, unreadableQueueUrl],
};

const behindEdge = functionsOf(synthesise({ edge: true }));

describe.each(FUNCTION_NAMES)('%s', name => {
  test('runs on nodejs24.x and arm64, traced, logging JSON', () => {
    expect(settings(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });

  test('has the environment it needs and no more', () => {
    expect(Object.keys(settings(name).Environment.Variables).sort()).toEqual([...VARIABLES[name]].sort());
  });

  test('knows the edge only if there is one and requests come by it', () => {
    const variables = behindEdge.get(name)?.properties.Environment.Variables;
    const added = (HTTP_FUNCTIONS as readonly string[]).includes(name) ? [edgeSecret] : [];
    expect(Object.keys(variables).sort()).toEqual([...VARIABLES[name], ...added].sort());
  });

  test('has reserved concurrency only if it is the worker, which a new account can do without', () => {
    const reserved = [template, synthesise({ reserveWorker: false })].map(
      each => functionsOf(each).get(name)?.properties.ReservedConcurrentExecutions,
    );
    expect(reserved).toEqual([name === 'search' ? 20 : undefined, undefined]);
  });
});

test('each function has a role and a log group of its own', () => {
  const roles = FUNCTION_NAMES.map(name => settings(name).Role['Fn::GetAtt'][0]);
  const logGroups = FUNCTION_NAMES.map(name => settings(name).LoggingConfig.LogGroup.Ref);
  expect(new Set(roles).size).toBe(FUNCTION_NAMES.length);
  expect(new Set(logGroups).size).toBe(FUNCTION_NAMES.length);
  template.resourceCountIs('AWS::IAM::Role', FUNCTION_NAMES.length);
  template.resourceCountIs('AWS::Lambda::Function', FUNCTION_NAMES.length);
});

test('every log group ends what it keeps', () => {
  const logGroups = resourcesOf(template, 'AWS::Logs::LogGroup');
  expect(logGroups).toHaveLength(FUNCTION_NAMES.length + 1);
  for (const { properties } of logGroups) expect(properties.RetentionInDays).toBe(30);
});

test('a function behind the gateway answers before the gateway hangs up', () => {
  for (const name of HTTP_FUNCTIONS) expect(settings(name).Timeout).toBeLessThanOrEqual(15);
});

test('a command is over before its idempotency key can be taken over', () => {
  for (const name of HTTP_FUNCTIONS) {
    expect(settings(name).Timeout).toBeLessThan(BOUNDS.idempotencyLeaseSeconds);
  }
});
