import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  HTTP_FUNCTIONS,
  type HttpFunction,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  routeKey,
} from '../functions/routes.ts';
import { ACCESS_LOG_FIELDS } from './access-log.ts';
import type { TokenIssuer } from './identity.ts';
import type { UsherFunctions } from './lambda.ts';
import { LOG_RETENTION } from './logs.ts';
import { acknowledge } from './nag.ts';
import type { UsherOptions } from './options.ts';
import { STAGE_THROTTLE, throttleOf } from './throttles.ts';

const METHODS = {
  GET: [HttpMethod.GET, CorsHttpMethod.GET],
  POST: [HttpMethod.POST, CorsHttpMethod.POST],
  PUT: [HttpMethod.PUT, CorsHttpMethod.PUT],
  PATCH: [HttpMethod.PATCH, CorsHttpMethod.PATCH],
  DELETE: [HttpMethod.DELETE, CorsHttpMethod.DELETE],
} as const satisfies Record<Route['method'], readonly [HttpMethod, CorsHttpMethod]>;

/** The HTTP API with every route of the route table. */
export function createApi(
  stack: Stack,
  functions: UsherFunctions,
  issuer: TokenIssuer,
  options: UsherOptions,
): HttpApi {
  const api = new HttpApi(stack, 'Api', {
    description: 'Usher: chats, agents and their administration',
    createDefaultStage: false,
    corsPreflight: cors(),
  });
  const routes = addRoutes(api, functions, issuer);
  addStage(stack, api, routes, options);
  return api;
}

/**
 * Any origin may ask: widgets live on customers' pages, and which origins a project allows is in its own record,
 * which `start-chat` checks. No credential is a cookie, so a foreign page gains nothing by asking.
 */
function cors() {
  const methods = ROUTE_NAMES.map(name => METHODS[ROUTES[name].method][1]);
  return {
    allowOrigins: ['*'],
    allowMethods: [...new Set(methods)],
    allowHeaders: [
      'authorization',
      'content-type',
      'x-usher-key',
      'idempotency-key',
      'if-match',
      'if-none-match',
    ],
    exposeHeaders: ['etag', 'idempotent-replayed', 'retry-after'],
    maxAge: Duration.days(1),
  };
}

function addRoutes(api: HttpApi, functions: UsherFunctions, issuer: TokenIssuer): readonly HttpRoute[] {
  const authorizer = new HttpJwtAuthorizer('Tokens', issuer.url, { jwtAudience: [issuer.audience] });
  const integrations = integrationsOf(functions);
  return ROUTE_NAMES.flatMap(name => {
    const route: Route = ROUTES[name];
    const added = api.addRoutes({
      path: route.path,
      methods: [METHODS[route.method][0]],
      integration: integrations[route.function],
      authorizer: gatewayChecksTokensOf(route) ? authorizer : new HttpNoneAuthorizer(),
    });
    if (gatewayChecksTokensOf(route)) return added;
    for (const construct of added) {
      acknowledge(
        construct,
        'AwsSolutions-APIG4',
        'Widgets and visitors call it with credentials that are not JWTs of the issuer; the function verifies them.',
      );
    }
    return added;
  });
}

/**
 * Whether the gateway turns away requests without a valid token. It is a first filter only, where every caller
 * has a JWT: the functions verify every credential themselves, by the same code here and on a laptop. So what
 * may be called without the gateway's filter is no less protected, and another gateway could stand here.
 */
function gatewayChecksTokensOf(route: Route): boolean {
  return !route.who.includes('widget') && !route.who.includes('visitor');
}

function integrationsOf(functions: UsherFunctions): Record<HttpFunction, HttpLambdaIntegration> {
  const entries = HTTP_FUNCTIONS.map(name => {
    // One permission for the whole API: one per route would fill the function's policy, which ends at 20 KB.
    const integration = new HttpLambdaIntegration(name, functions[name], { scopePermissionToRoute: false });
    return [name, integration] as const;
  });
  return Object.fromEntries(entries) as Record<HttpFunction, HttpLambdaIntegration>;
}

function addStage(stack: Stack, api: HttpApi, routes: readonly HttpRoute[], options: UsherOptions): void {
  const logGroup = new LogGroup(stack, 'AccessLogs', {
    retention: LOG_RETENTION,
    removalPolicy: options.stage === null ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const stage = new HttpStage(stack, 'DefaultStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: STAGE_THROTTLE,
    accessLogSettings: {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
    },
  });
  throttleRoutes(stage, routes);
}

/** The construct knows no settings by route. The service knows them only for routes that exist. */
function throttleRoutes(stage: HttpStage, routes: readonly HttpRoute[]): void {
  const resource = stage.node.defaultChild;
  if (!(resource instanceof CfnStage)) throw new Error('A stage without its CloudFormation resource.');
  const settings = ROUTE_NAMES.map(name => {
    const { rateLimit, burstLimit } = throttleOf(name);
    return [routeKey(ROUTES[name]), { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit }];
  });
  resource.routeSettings = Object.fromEntries(settings);
  stage.node.addDependency(...routes);
}
