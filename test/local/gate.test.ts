import { expect, test } from '@jest/globals';
import { openGate } from '../../local/time/gate.ts';

test('one alone waits for those inside, and holds back those who come', async () => {
  const gate = openGate();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const inside = gate.together(() => first.promise.then(() => order.push('inside')));
  const alone = gate.alone(async () => order.push('alone'));
  const later = gate.together(async () => order.push('later'));
  const aloneToo = gate.alone(async () => order.push('alone too'));
  first.resolve();
  await Promise.all([inside, alone, later, aloneToo]);
  expect(order).toEqual(['inside', 'alone', 'alone too', 'later']);
});

test('what fails inside does not shut the gate', async () => {
  const gate = openGate();
  await expect(gate.together(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(gate.alone(() => Promise.reject(new Error('nor this')))).rejects.toThrow('nor this');
  await expect(gate.together(async () => 'open')).resolves.toBe('open');
});
