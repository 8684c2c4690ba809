import { describe, expect, test } from '@jest/globals';
import { callerAddress } from '../../functions/edge/http-event.ts';
import { eventOf } from './event.ts';

const CALLER = '198.51.100.7';
const CLOUDFRONT = '203.0.113.1';
const MADE_UP = '192.0.2.66';

describe("the caller's address without an edge", () => {
  test('is what the gateway saw, whatever the caller says', () => {
    const headers = {
      'x-forwarded-for': `${MADE_UP}, ${CALLER}`,
      'cloudfront-viewer-address': `${MADE_UP}:1`,
    };
    expect(callerAddress(eventOf({ headers, sourceIp: CALLER }), { edgeSecretHash: null })).toBe(CALLER);
  });
});

describe("the caller's address with an edge", () => {
  test.each([
    ['what CloudFront saw, before what the gateway saw', `${CALLER}, ${CLOUDFRONT}`, CALLER],
    ['what CloudFront saw, where the gateway adds nothing', CALLER, CALLER],
    ['not what the caller made up', `${MADE_UP}, ${CALLER}, ${CLOUDFRONT}`, CALLER],
    ['not what the caller made up, also without spaces', `${MADE_UP},${CALLER},${CLOUDFRONT}`, CALLER],
    // It may know the address of an edge location and hope to shift the others by it.
    ['not what the caller made up about CloudFront', `${CLOUDFRONT}, ${CALLER}, ${CLOUDFRONT}`, CALLER],
    ['also of the sixth version', `2001:db8::7, ${CLOUDFRONT}`, '2001:db8::7'],
    ['what the gateway saw, if nothing else is known', '', CLOUDFRONT],
  ])('is %s', (_, forwarded, expected) => {
    const headers = { 'x-forwarded-for': forwarded, 'cloudfront-viewer-address': `${MADE_UP}:1` };
    expect(callerAddress(eventOf({ headers, sourceIp: CLOUDFRONT }), { edgeSecretHash: 'any' })).toBe(
      expected,
    );
  });
});
