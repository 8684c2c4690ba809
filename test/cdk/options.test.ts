import { describe, expect, test } from '@jest/globals';
import { readOptions } from '../../cdk/options.ts';

const read = (context: Record<string, unknown>) => readOptions(name => context[name]);

describe('the context', () => {
  test('may be empty', () => {
    expect(read({})).toEqual({
      stage: null,
      alarmEmail: null,
      consoleUrl: 'http://localhost:4310/',
      tokenIssuer: null,
      tokenAudience: null,
      reserveWorker: true,
    });
  });

  test('takes flags as the command line gives them and as cdk.json does', () => {
    expect(read({ reserveWorker: 'false' })).toMatchObject({
      reserveWorker: false,
    });
    expect(read({ reserveWorker: false })).toMatchObject({ reserveWorker: false });
  });

  test.each([
    ['stage', { stage: 'Not A Name' }],
    ['alarmEmail', { alarmEmail: 'nobody' }],
    ['consoleUrl', { consoleUrl: 'here' }],
    // A token from a plain-text issuer could be anybody's.
    ['tokenIssuer', { tokenIssuer: 'http://id.example.com', tokenAudience: 'usher' }],
    ['tokenIssuer and tokenAudience go together', { tokenIssuer: 'https://id.example.com' }],
    ['reserveWorker', { reserveWorker: 'no' }],
  ])('a wrong %s is named', (named, context) => {
    expect(() => read(context)).toThrow(named);
  });
});
