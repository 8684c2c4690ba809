import { quietSqliteWarning } from './quiet-sqlite-warning.ts';

quietSqliteWarning();
const { run } = await import('./run.ts');
await run(process.argv.slice(2), process.env);
