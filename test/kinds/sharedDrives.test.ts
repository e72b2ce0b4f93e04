import { expect, test } from 'vitest';
import type { Desired } from '../../src/model/resource.ts';
import { bench } from '../support/passes.ts';
import { openFindings, renamed, settle } from '../support/settle.ts';
import { declared, want } from '../support/team.ts';

const network = want('privateNetworks', 'research', { region: 'ny2' });

const drive = (over: object = {}) =>
  want('sharedDrives', 'data', {
    size: 500,
    region: 'ny2',
    network: declared('privateNetworks', 'research'),
    ...over,
  });

test('a shared drive is created after its network and renamed; its other fields are immutable', async () => {
  await using it = await bench();
  expect(await settle(it, network, drive())).toEqual([
    'privateNetworks/research:create done',
    'sharedDrives/data:create done',
  ]);
  expect(await settle(it, network, renamed(drive(), 'sets'))).toEqual([
    'sharedDrives/sets:update done',
  ]);
  const sets = (over: object) => ({ ...drive(over), name: 'sets', address: 'sharedDrives/sets' });
  expect(await openFindings(it, network, sets({ size: 250 }) as Desired)).toEqual([
    'blocked sharedDrives/sets: size is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
  ]);
  expect(JSON.stringify(await it.plan([network]))).not.toContain(
    [...it.simulator.world.sharedDrives][0]?.password,
  );
});
