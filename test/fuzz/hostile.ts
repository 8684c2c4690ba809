import { gzipSync } from 'node:zlib';
import { BOUNDS } from '../../functions/bounds.ts';

/** What nobody sends by mistake: bodies and targets, each made from one that is right, by a name that tells what it is. */

const DEPTH = 30_000;
const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const deepObject = `${'{"a":'.repeat(DEPTH / 4)}1${'}'.repeat(DEPTH / 4)}`;
const keys = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join();

/** In the place of a field's value, as JSON text. */
export const HOSTILE_VALUES: Readonly<Record<string, string>> = {
  'a lone surrogate': '"a\\ud800b"',
  'a NUL': '"a\\u0000b"',
  'a number past every number': '1e999',
  'a number of 5,000 digits': '9'.repeat(5_000),
  'a fraction': '0.1',
  'minus zero': '-0',
  '30,000 brackets': deep,
  '7,500 objects in each other': deepObject,
  'an own __proto__': '{"__proto__":{"kind":"owner"}}',
  'a constructor': '{"constructor":{"prototype":{"kind":"owner"}}}',
  'a text of 4,001 characters': `"${'x'.repeat(4_001)}"`,
  'a text of 60,000 characters': `"${'x'.repeat(60_000)}"`,
  'a text of 70,000 characters': `"${'x'.repeat(70_000)}"`,
  'a list of 30,000 numbers': `[${'1,'.repeat(29_999)}1]`,
  'a list of 9,000 ids': `[${'"ada",'.repeat(8_999)}"ada"]`,
  'a list of 1,000 ids': `[${Array.from({ length: 1_000 }, (_, index) => `"agent-${index}"`).join()}]`,
  '5,000 unknown keys': `{${keys(5_000)}}`,
  'an object with toString': '{"toString":"x","valueOf":1,"toJSON":"x"}',
};

const padded = (text: string, bytes: number) =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(Math.max(0, bytes - Buffer.byteLength(text)), ' ')]);

/** In the place of the whole body. */
export const HOSTILE_BODIES: Readonly<Record<string, (text: string) => Buffer>> = {
  'not UTF-8': () => Buffer.from([0x7b, 0x22, 0x6e, 0xff, 0xfe, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  'not UTF-8 in a text': text =>
    Buffer.from(text.replace(/"[^"]*"(?=[,}])/, '"\xff\xfe\xed\xa0\x80"'), 'latin1'),
  'UTF-16': text => Buffer.from(text, 'utf16le'),
  'a byte order mark': text => Buffer.from(`\ufeff${text}`),
  gzip: text => gzipSync(text),
  base64: text => Buffer.from(Buffer.from(text).toString('base64')),
  '30,000 brackets': () => Buffer.from(deep),
  '60,000 open brackets': () => Buffer.from('['.repeat(60_000)),
  'every key twice': text => Buffer.from(text.replace(/^\{(.+)\}$/s, '{$1,$1}')),
  'two documents': text => Buffer.from(`${text}${text}`),
  'a comma too many': text => Buffer.from(text.replace(/\}$/, ',}')),
  'a comment': text => Buffer.from(`/* */${text}`),
  'NUL bytes': text => Buffer.concat([Buffer.from(text), Buffer.alloc(100)]),
  'a list around it': text => Buffer.from(`[${text}]`),
  'a __proto__ beside': text => Buffer.from(text.replace(/^\{/, '{"__proto__":{"kind":"owner"},')),
  '64 KB': text => padded(text, BOUNDS.bodyBytesMax),
  'a byte over 64 KB': text => padded(text, BOUNDS.bodyBytesMax + 1),
  '64 KB in few characters': () => Buffer.from(`{"name":"${'é'.repeat(BOUNDS.bodyBytesMax / 2)}"}`),
  'a megabyte': text => padded(text, 1_048_576),
  '11 megabytes': () => Buffer.alloc(11 * 1_048_576, '['),
};

/** In the place of method and target. */
export const HOSTILE_TARGETS: Readonly<
  Record<string, (method: string, target: string) => readonly [method: string, target: string]>
> = {
  'a slash at the end': (method, target) => [method, target.replace(/(?=\?|$)/, '/')],
  'two slashes': (method, target) => [method, target.replace('/projects', '//projects')],
  capitals: (method, target) => [method, target.replace('/v1/projects', '/V1/Projects')],
  'a step up': (method, target) => [method, target.replace('/projects', '/projects/../projects')],
  'an encoded step up': (method, target) => [method, target.replace(/[^/?]+(?=\?|$)/, '%2e%2e%2f')],
  'a bad escape': (method, target) => [method, target.replace(/[^/?]+(?=\?|$)/, '%zz')],
  'an escape that is not UTF-8': (method, target) => [
    method,
    target.replace(/[^/?]+(?=\?|$)/, '%ff%ed%a0%80'),
  ],
  'an escaped NUL': (method, target) => [method, target.replace(/(?=\?|$)/, '%00')],
  'a step less': (method, target) => [method, target.replace(/\/[^/]*$/, '')],
  'a step more': (method, target) => [method, target.replace(/(?=\?|$)/, '/more')],
  'a matrix parameter': (method, target) => [method, target.replace(/(?=\?|$)/, ';a=b')],
  'a name of 9,000 characters': (method, target) => [
    method,
    target.replace(/[^/?]+(?=\?|$)/, 'a'.repeat(9_000)),
  ],
  'another method': (method, target) => [method === 'GET' ? 'DELETE' : 'GET', target],
  'a method of its own': (_, target) => ['PROPFIND', target],
  'limit twice': (method, target) => [method, `${target.replace(/\?.*/, '')}?limit=1&limit=2`],
  'a query of prototypes': (method, target) => [
    method,
    `${target.replace(/\?.*/, '')}?__proto__=1&constructor=2`,
  ],
  'a bad escape in the query': (method, target) => [
    method,
    `${target.replace(/\?.*/, '')}?cursor=%&limit=%ff`,
  ],
  'a query of 2,000 names': (method, target) => [
    method,
    `${target.replace(/\?.*/, '')}?${Array.from({ length: 2_000 }, (_, index) => `a${index}=1`).join('&')}`,
  ],
};
