import { expect, test } from 'vitest';
import type { Address } from '../../../../src/model/resource.ts';
import { isReplaced, type Fate } from '../../../../src/reconcile/plan/fates/fate.ts';

const address: Address = 'privateNetworks/n';
const idle: Fate = {
  is: 'idle',
  plan: { status: 'pending', changes: [], unverifiable: [], actions: [] },
};
const replaced = { is: 'replace' } as Fate;

test.each([
  {
    because: 'its fate is decided, and it is replaced',
    fate: replaced,
    replaceable: true,
    is: true,
  },
  {
    because: 'its fate is decided, and something blocks the replacement',
    fate: idle,
    replaceable: true,
    is: false,
  },
  {
    because: 'in a circle its fate is not decided yet, and nothing has blocked its replacement',
    replaceable: true,
    is: true,
  },
  {
    because: 'its fate is not decided yet, and it cannot be replaced',
    replaceable: false,
    is: false,
  },
])('a resource is replaced: $is, since $because', ({ fate, replaceable, is }) => {
  const fates = new Map(fate ? [[address, fate]] : []);
  expect(isReplaced(address, { fates, replaceable: new Set(replaceable ? [address] : []) })).toBe(
    is,
  );
});
