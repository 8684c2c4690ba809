import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { EDGE_HEADER, ENVIRONMENT } from '../../functions/environment.ts';
import { HTTP_FUNCTIONS } from '../../functions/routes.ts';
import { createStack, firewallOf, functionsOf, resourcesOf, synthesise } from './synthesised.ts';

const { app, stack } = createStack({ edge: true });
const template = Template.fromStack(stack);
const firewall = Template.fromStack(firewallOf(app));
const [secret] = resourcesOf(template, 'AWS::SecretsManager::Secret');
const [edge] = resourcesOf(template, 'AWS::CloudFront::Distribution');
const distribution = edge?.properties.DistributionConfig;
const secretByReference = {
  'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret?.id }, ':SecretString:::}}']],
};

test('there is no edge unless it is asked for', () => {
  const without = createStack();
  expect(without.app.node.tryFindChild('Usher-Firewall')).toBeUndefined();
  const plain = Template.fromStack(without.stack);
  plain.resourceCountIs('AWS::CloudFront::Distribution', 0);
  plain.resourceCountIs('AWS::SecretsManager::Secret', 0);
  plain.resourceCountIs('AWS::S3::Bucket', 0);
  expect(plain.toJSON().Outputs.ApiUrl.Value).toEqual({ 'Fn::GetAtt': [expect.any(String), 'ApiEndpoint'] });
});

describe('the edge', () => {
  test('shows the API a secret that only CloudFront and the functions get, by reference', () => {
    expect(distribution.Origins[0].OriginCustomHeaders).toEqual([
      { HeaderName: EDGE_HEADER, HeaderValue: secretByReference },
    ]);
    const functions = functionsOf(template);
    for (const name of HTTP_FUNCTIONS) {
      const variables = functions.get(name)?.properties.Environment.Variables;
      expect(variables[ENVIRONMENT.edgeSecret]).toEqual(secretByReference);
    }
    expect(secret?.properties.GenerateSecretString.PasswordLength).toBeGreaterThanOrEqual(32);
    expect(secret?.properties).not.toHaveProperty('SecretString');
  });

  test('passes on all methods, headers but Host, and query strings, changes no answer and keeps none', () => {
    const { AllowedMethods, CachePolicyId, OriginRequestPolicyId, Compress } =
      distribution.DefaultCacheBehavior;
    expect(Compress).toBe(false);
    expect([...AllowedMethods].sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);
    // AWS's own policies have these ids everywhere: CachingDisabled, AllViewerExceptHostHeader.
    expect(CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    expect(OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
    expect(distribution).not.toHaveProperty('CacheBehaviors');
  });

  test('speaks TLS only, from 1.2 on to the API, and to callers on a name of its own', () => {
    expect(distribution.DefaultCacheBehavior.ViewerProtocolPolicy).toBe('https-only');
    expect(distribution.Origins[0].CustomOriginConfig).toMatchObject({
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
    const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/one';
    const named = synthesise({ edge: true, edgeDomain: 'chat.example.com', edgeCertificate: certificate });
    named.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['chat.example.com'],
        ViewerCertificate: { AcmCertificateArn: certificate, MinimumProtocolVersion: 'TLSv1.2_2021' },
      },
    });
    expect(named.toJSON().Outputs.ApiUrl.Value).toBe('https://chat.example.com');
  });

  test('is what callers are told to call', () => {
    const { Value } = template.toJSON().Outputs.ApiUrl;
    expect(Value).toEqual({ 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [edge?.id, 'DomainName'] }]] });
  });

  test('logs requests without cookies for as long as all logs are kept', () => {
    const [bucket] = resourcesOf(template, 'AWS::S3::Bucket');
    expect(distribution.Logging).toEqual({ Bucket: { 'Fn::GetAtt': [bucket?.id, 'RegionalDomainName'] } });
    expect(bucket?.properties.LifecycleConfiguration.Rules).toEqual([
      { ExpirationInDays: 30, Status: 'Enabled' },
    ]);
  });

  test('leaves nothing behind in a throw-away stage', () => {
    const thrownAway = synthesise({ edge: true, stage: 'trial' });
    thrownAway.resourceCountIs('AWS::S3::Bucket', 0);
    expect(JSON.stringify(thrownAway.toJSON())).not.toContain('"DeletionPolicy":"Retain"');
  });
});

describe('the firewall', () => {
  const [webAcl] = resourcesOf(firewall, 'AWS::WAFv2::WebACL');
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of no particular type.
  const rules: readonly any[] = webAcl?.properties.Rules;
  const managedRule = (name: string) =>
    rules.find(({ Statement }) => Statement.ManagedRuleGroupStatement?.Name === name);

  test('stands in us-east-1, before the edge, and the edge finds it there', () => {
    expect(firewallOf(app).region).toBe('us-east-1');
    expect(stack.dependencies).toContain(firewallOf(app));
    expect(webAcl?.properties.Scope).toBe('CLOUDFRONT');
    expect(firewall.toJSON().Outputs.WebAclArn.Value).toEqual({ 'Fn::GetAtt': [webAcl?.id, 'Arn'] });
    expect(distribution.WebACLId).toEqual({
      'Fn::GetStackOutput': { StackName: 'Usher-Firewall', OutputName: 'WebAclArn', Region: 'us-east-1' },
    });
  });

  test.each([
    'AWSManagedRulesCommonRuleSet',
    'AWSManagedRulesKnownBadInputsRuleSet',
    'AWSManagedRulesAmazonIpReputationList',
  ])('blocks what %s finds', name => {
    expect(managedRule(name)).toMatchObject({
      OverrideAction: { None: {} },
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS' } },
    });
  });

  test('only counts what people may well say in a chat', () => {
    const overrides = rules.flatMap(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
    );
    expect(overrides.length).toBeGreaterThan(0);
    for (const { Name, ActionToUse } of overrides) {
      expect(Name).toMatch(/_BODY$/);
      expect(ActionToUse).toEqual({ Count: {} });
    }
  });

  test('stops one address that asks for anything too often, however it asks', () => {
    const rule = rules.find(({ Name }) => Name === 'RequestsPerAddress');
    expect(rule.Action.Block.CustomResponse.ResponseCode).toBe(429);
    expect(rule.Statement.RateBasedStatement).toEqual({
      AggregateKeyType: 'IP',
      Limit: 10_000,
      EvaluationWindowSec: 300,
    });
  });

  test('blocks an address that starts too many chats, however the path is written, and counts nothing else', () => {
    const rule = rules.find(({ Name }) => Name === 'StartsPerAddress');
    expect(rule.Action.Block.CustomResponse.ResponseCode).toBe(429);
    const { AggregateKeyType, Limit, EvaluationWindowSec, ScopeDownStatement } =
      rule.Statement.RateBasedStatement;
    expect({ AggregateKeyType, Limit, EvaluationWindowSec }).toEqual({
      AggregateKeyType: 'IP',
      Limit: 300,
      EvaluationWindowSec: 300,
    });
    const [method, path] = ScopeDownStatement.AndStatement.Statements;
    expect(method.ByteMatchStatement).toMatchObject({
      SearchString: 'POST',
      PositionalConstraint: 'EXACTLY',
      FieldToMatch: { Method: {} },
    });
    const { RegexString, TextTransformations } = path.RegexMatchStatement;
    expect(TextTransformations.map(({ Type }: { Type: string }) => Type)).toEqual([
      'URL_DECODE',
      'NORMALIZE_PATH',
    ]);
    const counted = new RegExp(RegexString);
    expect(counted.test('/v1/projects/demo/chats')).toBe(true);
    expect(counted.test('/v1/projects/demo/chats/')).toBe(true);
    expect(counted.test('/v1/projects/demo/chats/chat_1/messages')).toBe(false);
    expect(counted.test('/v1/projects/demo/agents/ada/chats')).toBe(false);
  });

  test('keeps no samples of requests, which would show tokens', () => {
    for (const { VisibilityConfig } of [...rules, webAcl?.properties]) {
      expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
    }
  });
});
