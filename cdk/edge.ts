import { Aws, CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EDGE_HEADER } from '../functions/environment.ts';
import { LOG_RETENTION } from './logs.ts';
import { acknowledge } from './nag.ts';
import type { UsherOptions } from './options.ts';

/**
 * What CloudFront shows the functions. Both get it by a dynamic reference when they are deployed, so that it stands in no
 * template; neither needs a permission for it.
 */
export function createEdgeSecret(stack: Stack): Secret {
  const secret = new Secret(stack, 'EdgeSecret', {
    description: 'By this Usher knows requests that came by its edge',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(
    secret,
    'AwsSolutions-SMG4',
    'CloudFront and the functions must change it at the same moment, which a deployment does and a rotation cannot.',
  );
  return secret;
}

/** CloudFront in front of the API, with the firewall before it. It passes everything on and keeps nothing. */
export function createEdge(
  stack: Stack,
  api: HttpApi,
  secret: Secret,
  webAclArn: string,
  options: UsherOptions,
): Distribution {
  const distribution = new Distribution(stack, 'Edge', {
    comment: 'Usher',
    defaultBehavior: {
      origin: new HttpOrigin(`${api.apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        customHeaders: { [EDGE_HEADER]: secret.secretValue.unsafeUnwrap() },
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // Compressing would make an ETag a weak one, and If-Match takes only those it was given.
      compress: false,
      // The gateway knows itself by its own host name only.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // Not redirected: who asked in plain text has shown a token already and should learn of it.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    },
    httpVersion: HttpVersion.HTTP2_AND_3,
    webAclId: webAclArn,
    ...ownDomain(stack, options),
    ...accessLog(stack, options),
  });
  acknowledge(distribution, 'AwsSolutions-CFR1', "Visitors come from wherever a project's customers are.");
  if (options.stage !== null) {
    acknowledge(
      distribution,
      'AwsSolutions-CFR3',
      'A throw-away stage leaves nothing behind, and CloudFormation deletes no bucket that something lies in.',
    );
  }
  if (options.edgeDomain === null) {
    acknowledge(
      distribution,
      'AwsSolutions-CFR4',
      "CloudFront takes TLS 1.0 on names of its own whatever one asks for; edgeDomain ends that. It is the caller's choice: every current one takes 1.2 or 1.3.",
    );
  }
  // What a name of one's own has to point to.
  new CfnOutput(stack, 'EdgeDomainName', { value: distribution.distributionDomainName });
  return distribution;
}

function ownDomain(stack: Stack, { edgeDomain, edgeCertificate }: UsherOptions) {
  if (edgeDomain === null || edgeCertificate === null) return {};
  return {
    domainNames: [edgeDomain],
    certificate: Certificate.fromCertificateArn(stack, 'EdgeCertificate', edgeCertificate),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
  };
}

/**
 * CloudFront's log has addresses, paths and query strings, which is what a log of an edge is for, but neither bodies nor
 * headers with credentials.
 */
function accessLog(stack: Stack, { stage }: UsherOptions) {
  if (stage !== null) return {};
  const logBucket = new Bucket(stack, 'EdgeLogs', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    // CloudFront writes its log by ACL.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    lifecycleRules: [{ expiration: Duration.days(LOG_RETENTION) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(logBucket, 'AwsSolutions-S1', 'It holds an access log itself.');
  // The cast: the construct leaves unset what its own interface does not allow to be undefined.
  return { enableLogging: true, logBucket: logBucket as IBucket };
}
