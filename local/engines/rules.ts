import * as z from 'zod';
import type { DataFolder } from '../storage/data-folder.ts';
import { jsonFile } from '../storage/json-file.ts';

/** EventBridge's schedules by name, as far as they can be switched: off until somebody enables them. */
export type Rules = {
  readonly isEnabled: (name: string) => boolean;
  readonly set: (name: string, enabled: boolean) => void;
  readonly clear: () => void;
};

export function openRules(folder: DataFolder): Rules {
  const file = jsonFile(folder.within('rules.json'), z.record(z.string(), z.boolean()));
  let rules = file.read() ?? {};
  const keep = (after: Readonly<Record<string, boolean>>) => {
    rules = { ...after };
    file.write(rules);
  };
  return {
    isEnabled: name => rules[name] ?? false,
    set: (name, enabled) => keep({ ...rules, [name]: enabled }),
    clear: () => keep({}),
  };
}
