import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ROUTE_NAMES, ROUTES, type Route, type RouteName, routeKey } from '../../functions/routes.ts';
import { functionsOf, resourcesOf, synthesise } from './synthesised.ts';

const template = synthesise();
const functions = functionsOf(template);
const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
const integrations = new Map(
  resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(({ id, properties }) => [id, properties]),
);

describe('the HTTP API', () => {
  test.each(ROUTE_NAMES)('%s reaches its function', name => {
    const route = routes.find(({ RouteKey }) => RouteKey === routeKey(ROUTES[name]));
    const integration = integrations.get(route.Target['Fn::Join'][1][1].Ref);
    expect(integration).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    expect(integration.IntegrationUri).toEqual({
      'Fn::GetAtt': [functions.get(ROUTES[name].function)?.id, 'Arn'],
    });
  });

  test('has no route beside those of the route table', () => {
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual(
      ROUTE_NAMES.map(name => routeKey(ROUTES[name])).sort(),
    );
  });

  test.each(ROUTE_NAMES)('%s is filtered by the gateway exactly if every caller has a JWT', name => {
    const { who }: Route = ROUTES[name];
    const open = who.includes('widget') || who.includes('visitor');
    const route = routes.find(({ RouteKey }) => RouteKey === routeKey(ROUTES[name]));
    expect(route.AuthorizationType).toBe(open ? 'NONE' : 'JWT');
    expect(route.AuthorizerId === undefined).toBe(open);
  });

  test('accepts tokens of the user pool for its client only', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
    const [pool] = resourcesOf(template, 'AWS::Cognito::UserPool');
    const [client] = resourcesOf(template, 'AWS::Cognito::UserPoolClient');
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Issuer: { 'Fn::GetAtt': [pool?.id, 'ProviderURL'] },
        Audience: [{ Ref: client?.id }],
      },
    });
  });

  test('answers preflights of any origin, for the methods and headers in use', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: ['*'],
        AllowCredentials: Match.absent(),
        AllowMethods: [...new Set(ROUTE_NAMES.map(name => ROUTES[name].method))],
        AllowHeaders: [
          'authorization',
          'content-type',
          'x-usher-key',
          'idempotency-key',
          'if-match',
          'if-none-match',
        ],
        ExposeHeaders: ['etag', 'idempotent-replayed', 'retry-after'],
        MaxAge: 86_400,
      },
    });
  });

  test('lets each function be called by the API with one permission', () => {
    const permitted = resourcesOf(template, 'AWS::Lambda::Permission').filter(
      ({ properties }) => properties.Principal === 'apigateway.amazonaws.com',
    );
    expect(permitted).toHaveLength(integrations.size);
  });
});

describe('the stage', () => {
  const [stage] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');

  test('is throttled and deploys itself', () => {
    expect(stage?.properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
  });

  test.each(ROUTE_NAMES)('%s is throttled by itself, below the stage', name => {
    const own = stage?.properties.RouteSettings[routeKey(ROUTES[name])];
    const most = stage?.properties.DefaultRouteSettings;
    expect(own.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(own.ThrottlingRateLimit).toBeLessThan(most.ThrottlingRateLimit);
    expect(own.ThrottlingBurstLimit).toBeGreaterThanOrEqual(own.ThrottlingRateLimit);
    expect(own.ThrottlingBurstLimit).toBeLessThan(most.ThrottlingBurstLimit);
  });

  test('throttles no route that is not there, and waits for those that are', () => {
    expect(Object.keys(stage?.properties.RouteSettings).sort()).toEqual(
      ROUTE_NAMES.map(name => routeKey(ROUTES[name])).sort(),
    );
    const routeIds = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ id }) => id);
    expect(stage?.whole.DependsOn).toEqual(expect.arrayContaining(routeIds));
  });

  test('admits fewer of what costs more', () => {
    const rateOf = (name: RouteName) =>
      stage?.properties.RouteSettings[routeKey(ROUTES[name])].ThrottlingRateLimit;
    const rates = (['readChat', 'startChat', 'replaceAgent', 'explain'] as const).map(rateOf);
    expect(rates).toEqual([...new Set(rates)].sort((a, b) => b - a));
  });

  test('logs each request as JSON without paths, bodies, tokens, query strings or addresses', () => {
    const format: string = stage?.properties.AccessLogSettings.Format;
    expect(JSON.parse(format)).toMatchObject({ routeKey: '$context.routeKey', status: '$context.status' });
    expect(format).not.toMatch(/path|query|header|claims|sourceIp|userAgent|body/i);
  });
});
