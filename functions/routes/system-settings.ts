import type { HandlerOf } from '../edge/exchange.ts';
import { requireIfMatch } from '../edge/preconditions.ts';
import { readSystemSettings as read, saveSystemSettings } from '../store/system-settings.ts';
import { untilSettled } from './until-settled.ts';

export const readSystemSettings: HandlerOf<'readSystemSettings'> = async (_, { table }) => {
  const { settings, version } = await read(table);
  return { status: 200, body: settings, version };
};

export const replaceSystemSettings: HandlerOf<'replaceSystemSettings'> = ({ body, ifMatch }, context) =>
  untilSettled(context, async () => {
    const { version } = await read(context.table);
    requireIfMatch(ifMatch, version);
    if ((await saveSystemSettings(context.table, body, version)) === 'stale') return null;
    return { status: 200, body, version: version + 1 };
  });
