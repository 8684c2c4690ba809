import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT } from '../../functions/environment.ts';
import { HTTP_FUNCTIONS } from '../../functions/routes.ts';
import { functionsOf, resourcesOf, synthesise } from './synthesised.ts';

describe('the user pool', () => {
  const template = synthesise();
  const [pool] = resourcesOf(template, 'AWS::Cognito::UserPool');

  test('nobody signs up, passwords are strong, a second factor is offered', () => {
    expect(pool?.properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      DeletionProtection: 'ACTIVE',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      MfaConfiguration: 'OPTIONAL',
    });
    expect(pool?.properties.Policies.PasswordPolicy.MinimumLength).toBeGreaterThanOrEqual(12);
    expect(pool?.whole.DeletionPolicy).toBe('Retain');
  });

  test('has a client for the console: code grant, no secret, no implicit grant', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlows: ['code'],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      CallbackURLs: ['http://localhost:4310/'],
    });
  });

  test('has the group of owners, and no group of a project', () => {
    template.resourceCountIs('AWS::Cognito::UserPoolGroup', 1);
    template.hasResourceProperties('AWS::Cognito::UserPoolGroup', { GroupName: 'owner' });
  });
});

describe('another issuer', () => {
  const template = synthesise({ tokenIssuer: 'https://id.example.com', tokenAudience: 'usher' });

  test('takes the place of the user pool at the gateway and in the functions', () => {
    template.resourceCountIs('AWS::Cognito::UserPool', 0);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['usher'] },
    });
    const functions = functionsOf(template);
    for (const name of HTTP_FUNCTIONS) {
      expect(functions.get(name)?.properties.Environment.Variables).toMatchObject({
        [ENVIRONMENT.tokenIssuer]: 'https://id.example.com',
        [ENVIRONMENT.tokenAudience]: 'usher',
      });
    }
  });
});

test('a throw-away stage has names of its own and leaves nothing behind', () => {
  const template = synthesise({ stage: 'trial' });
  template.hasResourceProperties('AWS::Events::EventBus', { Name: 'usher-trial' });
  template.hasResourceProperties('AWS::Cognito::UserPoolDomain', {
    Domain: { 'Fn::Join': ['', Match.arrayWith(['usher-trial-'])] },
  });
  const kept = Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .map(([id]) => id);
  expect(kept).toEqual([]);
});
