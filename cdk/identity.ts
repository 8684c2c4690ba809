import { Aws, CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { acknowledge } from './nag.ts';
import { deploymentName, type UsherOptions } from './options.ts';

/** Whose tokens count: the gateway and the functions check them against the same two values. */
export type TokenIssuer = { readonly url: string; readonly audience: string };

/** The issuer that the options name, else a Cognito user pool of our own. */
export function createIdentity(stack: Stack, options: UsherOptions): TokenIssuer {
  if (options.tokenIssuer !== null && options.tokenAudience !== null) {
    return { url: options.tokenIssuer, audience: options.tokenAudience };
  }
  const pool = createUserPool(stack, options);
  const client = addConsoleClient(pool, options);
  new CfnOutput(stack, 'UserPoolId', { value: pool.userPoolId });
  new CfnOutput(stack, 'UserPoolClientId', { value: client.userPoolClientId });
  return { url: pool.userPoolProviderUrl, audience: client.userPoolClientId };
}

function createUserPool(stack: Stack, options: UsherOptions): UserPool {
  const kept = options.stage === null;
  const pool = new UserPool(stack, 'UserPool', {
    // Staff only; visitors get their tokens with their chats.
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: {
      minLength: 14,
      requireDigits: true,
      requireLowercase: true,
      requireUppercase: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    featurePlan: FeaturePlan.ESSENTIALS,
    deletionProtection: kept,
    removalPolicy: kept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  acknowledge(
    pool,
    'AwsSolutions-COG2',
    'Optional, because a bot signs in here too and has no second factor; people can and should set one up.',
  );
  acknowledge(
    pool,
    'AwsSolutions-COG8',
    'The Plus plan is paid for by the user and watches sign-ups and leaked passwords; this pool has no sign-up and holds staff only.',
  );
  // The one group that belongs to no project. Operators create `operator:{projectId}`,
  // `agent:{projectId}:{agentId}` and `bot:{projectId}` as projects, agents and bots come along.
  pool.addGroup('OwnerGroup', { groupName: 'owner', description: 'Owners of this deployment' });
  pool.addDomain('SignIn', {
    cognitoDomain: { domainPrefix: `${deploymentName(options)}-${Aws.ACCOUNT_ID}` },
  });
  return pool;
}

/** A page in a browser keeps no secret, so the client has none: the code grant is protected by PKCE. */
function addConsoleClient(pool: UserPool, options: UsherOptions): UserPoolClient {
  return pool.addClient('Console', {
    generateSecret: false,
    authFlows: { userSrp: true },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
      callbackUrls: [options.consoleUrl],
      logoutUrls: [options.consoleUrl],
    },
    // An unknown address and a wrong password look the same.
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(1),
  });
}
