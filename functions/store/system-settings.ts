import * as z from 'zod';
import type { SystemSettings } from '../../domain/settings.ts';
import { systemSettingsBody } from '../schemas.ts';
import type { Table } from './client.ts';
import { type Guarded, putGuarded } from './guarded.ts';
import { systemKey } from './keys.ts';
import { getRow } from './read.ts';

const systemRow = z.object({ settings: systemSettingsBody, version: z.number() });

export type StoredSystemSettings = { readonly settings: SystemSettings; readonly version: number };

/** The settings of the whole deployment; version 0 = nobody has set any yet. */
export async function readSystemSettings(table: Table): Promise<StoredSystemSettings> {
  const row = await getRow(table, systemKey);
  return row === null ? { settings: systemSettingsBody.parse({}), version: 0 } : systemRow.parse(row);
}

export function saveSystemSettings(
  table: Table,
  settings: SystemSettings,
  version: number,
): Promise<Guarded> {
  return putGuarded(table, { ...systemKey, settings, version: version + 1 }, version === 0 ? null : version);
}
