import { DisableRuleCommand, EnableRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** The schedule that fires every minute while some project's job is on. */
export type JobRule = { readonly enable: () => Promise<void>; readonly disable: () => Promise<void> };

export function jobRule(client: EventBridgeClient, name: string): JobRule {
  return {
    async enable() {
      await client.send(new EnableRuleCommand({ Name: name }));
    },
    async disable() {
      await client.send(new DisableRuleCommand({ Name: name }));
    },
  };
}
