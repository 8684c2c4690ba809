import { describe, expect, test } from '@jest/globals';
import { readOptions } from '../../cdk/options.ts';

const read = (context: Record<string, unknown>) => readOptions(name => context[name]);

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/one';
const ELSEWHERE = 'arn:aws:acm:eu-west-1:123456789012:certificate/one';

describe('the context', () => {
  test('may be empty', () => {
    expect(read({})).toEqual({
      stage: null,
      alarmEmail: null,
      consoleUrl: 'http://localhost:4310/',
      tokenIssuer: null,
      tokenAudience: null,
      reserveWorker: true,
      edge: false,
      edgeDomain: null,
      startsPerAddress: 60,
      startsPerProject: 3_000,
      edgeCertificate: null,
    });
  });

  test('takes flags as the command line gives them and as cdk.json does', () => {
    expect(read({ edge: 'true', reserveWorker: 'false' })).toMatchObject({
      edge: true,
      reserveWorker: false,
    });
    expect(read({ edge: true, reserveWorker: false })).toMatchObject({ edge: true, reserveWorker: false });
  });

  test.each([
    ['stage', { stage: 'Not A Name' }],
    ['alarmEmail', { alarmEmail: 'nobody' }],
    ['consoleUrl', { consoleUrl: 'here' }],
    // A token from a plain-text issuer could be anybody's.
    ['tokenIssuer', { tokenIssuer: 'http://id.example.com', tokenAudience: 'usher' }],
    ['tokenIssuer and tokenAudience go together', { tokenIssuer: 'https://id.example.com' }],
    ['edge', { edge: 'yes' }],
    ['edgeDomain and edgeCertificate go together', { edge: 'true', edgeDomain: 'chat.example.com' }],
    // A certificate of another region is refused by CloudFront, after a quarter of an hour of deployment.
    ['edgeCertificate', { edge: 'true', edgeDomain: 'chat.example.com', edgeCertificate: ELSEWHERE }],
    ['set edge=true', { edgeDomain: 'chat.example.com', edgeCertificate: CERTIFICATE }],
  ])('a wrong %s is named', (named, context) => {
    expect(() => read(context)).toThrow(named);
  });
});
