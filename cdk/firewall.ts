import { CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { ROUTES } from '../functions/routes.ts';
import type { UsherOptions } from './options.ts';

/** A web ACL for CloudFront lives here, wherever the rest is. */
const FIREWALL_REGION = 'us-east-1';
const ARN_OUTPUT = 'WebAclArn';

/** One address may start a chat a second; a company's staff behind one address does not come near it. */
const STARTS_PER_ADDRESS = { count: 300, withinSeconds: 300 } as const;

/** Sixty pages behind one address that ask every two seconds; the API's throttles hold for all callers together. */
const REQUESTS_PER_ADDRESS = { count: 10_000, withinSeconds: 300 } as const;

/**
 * These would refuse what people say in a chat (a link, a path, a line of code) and any body over 8 KB, where bulk edits
 * have 64. Bodies are parsed by schema, kept as text and never part of a query or a path; they are counted, not blocked.
 */
const COUNTED_IN_BODIES = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'EC2MetaDataSSRF_BODY',
] as const;

/** The web ACL of the edge, in a stack of its own for the sake of its region. */
export class FirewallStack extends Stack {
  /** For stacks of any region: looked up when they are deployed, so that theirs need not be known before. */
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, options: UsherOptions) {
    super(scope, id, {
      env: { region: FIREWALL_REGION },
      description: 'What CloudFront lets through to Usher',
      terminationProtection: options.stage === null,
    });
    const webAcl = new CfnWebACL(this, 'WebAcl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: rules().map((rule, priority) => ({ ...rule, priority })),
      visibilityConfig: visibility('Usher'),
    });
    new CfnOutput(this, ARN_OUTPUT, { value: webAcl.attrArn });
    this.webAclArn = Fn.getStackOutput(this.stackName, ARN_OUTPUT, FIREWALL_REGION);
  }
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority'>;

function rules(): readonly Rule[] {
  return [
    managed('AWSManagedRulesAmazonIpReputationList'),
    startsPerAddress(),
    requestsPerAddress(),
    managed('AWSManagedRulesKnownBadInputsRuleSet'),
    managed('AWSManagedRulesCommonRuleSet', COUNTED_IN_BODIES),
  ];
}

function managed(name: string, counted: readonly string[] = []): Rule {
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map(rule => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibility(name),
  };
}

/** Against one address that fills the waiting line; what a project may take is for the functions. */
function startsPerAddress(): Rule {
  const path = ROUTES.startChat.path.replace(/\{\w+\}/g, '[^/]+');
  return {
    name: 'StartsPerAddress',
    action: { block: { customResponse: TOO_MANY } },
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        limit: STARTS_PER_ADDRESS.count,
        evaluationWindowSec: STARTS_PER_ADDRESS.withinSeconds,
        scopeDownStatement: {
          andStatement: {
            statements: [
              {
                byteMatchStatement: {
                  fieldToMatch: { method: {} },
                  positionalConstraint: 'EXACTLY',
                  searchString: ROUTES.startChat.method,
                  textTransformations: [{ priority: 0, type: 'NONE' }],
                },
              },
              {
                regexMatchStatement: {
                  fieldToMatch: { uriPath: {} },
                  regexString: `^${path}/?$`,
                  // However the path is written, it is the same route.
                  textTransformations: [
                    { priority: 0, type: 'URL_DECODE' },
                    { priority: 1, type: 'NORMALIZE_PATH' },
                  ],
                },
              },
            ],
          },
        },
      },
    },
    visibilityConfig: visibility('StartsPerAddress'),
  };
}

/** Against one address that uses up a route for everybody. */
function requestsPerAddress(): Rule {
  return {
    name: 'RequestsPerAddress',
    action: { block: { customResponse: TOO_MANY } },
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        limit: REQUESTS_PER_ADDRESS.count,
        evaluationWindowSec: REQUESTS_PER_ADDRESS.withinSeconds,
      },
    },
    visibilityConfig: visibility('RequestsPerAddress'),
  };
}

/** As the API says it itself, and so that a widget's page may read it. */
const TOO_MANY: CfnWebACL.CustomResponseProperty = {
  responseCode: 429,
  responseHeaders: [
    { name: 'retry-after', value: '60' },
    { name: 'access-control-allow-origin', value: '*' },
    { name: 'access-control-expose-headers', value: 'retry-after' },
  ],
};

/** Figures only: samples of requests would show tokens. */
function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
