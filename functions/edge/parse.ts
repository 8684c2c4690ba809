import * as z from 'zod';
import { BOUNDS } from '../bounds.ts';
import type { Route } from '../routes.ts';
import { readJson } from './body.ts';
import type { HttpEvent } from './http-event.ts';
import { type FieldError, Problem } from './problems.ts';

const NO_BODY = z.strictObject({});

type Parsed = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** Parses what a route takes. All that is wrong with it is named at once, within bounds. */
export function parse(event: HttpEvent, route: Route): Parsed {
  const params = check(route.params, event.pathParameters ?? {}, 'path');
  const query = check(route.query, event.queryStringParameters ?? {}, 'query');
  if (route.body !== null) return { params, query, body: check(route.body, readJson(event), 'body') };
  // A body where none is taken is refused unless it says nothing.
  if (event.body && route.method !== 'GET') check(NO_BODY, readJson(event), 'body');
  return { params, query, body: null };
}

function check(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const errors = issues.slice(0, BOUNDS.fieldErrorsMax).map(
    (issue): FieldError => ({
      path: cut([where, ...issue.path].join('.')),
      message: cut(issue.message),
    }),
  );
  const more = issues.length > errors.length ? ` ${errors.length} of ${issues.length} errors are named.` : '';
  throw new Problem('invalid-request', `The ${where} is not what this route takes.${more}`, { errors });
}

function cut(text: string): string {
  return text.length > BOUNDS.fieldErrorLengthMax ? `${text.slice(0, BOUNDS.fieldErrorLengthMax)}…` : text;
}
