import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from '../functions/edge/openapi.ts';

/** Writes docs/openapi.json from the route table; with `--check`, says whether the one there is still true. */
const FILE = 'docs/openapi.json';
const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
  console.log(`wrote ${FILE}`);
} else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not what the route table says. Run: npm run openapi`);
  process.exit(1);
}
