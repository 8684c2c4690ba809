import { BOUNDS } from '../bounds.ts';
import { type HttpEvent, header } from './http-event.ts';
import { Problem } from './problems.ts';

/** The JSON body of a request. Its size is checked before it is decoded, its type before it is parsed. */
export function readJson(event: HttpEvent): unknown {
  const { body = '', isBase64Encoded } = event;
  const bytes = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes > BOUNDS.bodyBytesMax) {
    throw new Problem(
      'body-too-large',
      `A body may have ${BOUNDS.bodyBytesMax} bytes, this one has ${bytes}.`,
    );
  }
  if (!/^application\/json\s*(;|$)/i.test(header(event, 'content-type') ?? '')) {
    throw new Problem('unsupported-media-type', 'Send the body as content-type: application/json.');
  }
  return parse(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, refuseProto);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('malformed-json', 'The body could not be parsed as JSON.');
  }
}

/** The one name that objects do not keep as they get it. */
function refuseProto(name: string, value: unknown): unknown {
  if (name !== '__proto__') return value;
  throw new Problem('invalid-request', 'A body may have no field named __proto__.');
}
