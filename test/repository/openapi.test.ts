import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { openApiDocument } from '../../functions/edge/openapi.ts';
import { ROUTE_NAMES, ROUTES } from '../../functions/routes.ts';

test('docs/openapi.json is what the route table says (npm run openapi)', () => {
  const committed: unknown = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

test('every route is in the document, and every reference in it leads somewhere', () => {
  const document = openApiDocument();
  for (const name of ROUTE_NAMES) {
    const { path, method } = ROUTES[name];
    expect(document.paths[path]?.[method.toLowerCase()]).toMatchObject({ operationId: name });
  }
  const references = JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g);
  for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
});
