import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { faultOf } from '../../fuzz/check.ts';
import { generatorOf } from '../../fuzz/generate.ts';
import { shrunk } from '../../fuzz/shrink.ts';
import { file } from '../../fuzz/input.ts';
import { catalog } from '../support/team.ts';

/** `npm run fuzz` does as many as are wanted; these are the same ones each time. */
const seed = 2026;
const inputs = 2000;

/** No measurement: a guard against what would not end. */
const limits = { slow: 60_000, slowPerMb: 60_000 };

test(`${inputs} config directories that nobody should have written keep the loader’s promises`, async () => {
  const top = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const inputOf = generatorOf(catalog, seed);
  const faults: string[] = [];
  for (let number = 0; number < inputs; number += 1) {
    const fault = await faultOf(inputOf(number), join(top, 'config'), catalog, limits);
    if (fault)
      faults.push(
        `${fault.promise}: ${fault.detail} (npm run fuzz -- --seed ${seed} --only ${number})`,
      );
  }
  expect(faults).toEqual([]);
}, 300_000);

test('an input is made by its number alone', () => {
  const [one, other] = [generatorOf(catalog, seed), generatorOf(catalog, seed)];
  for (let number = 0; number < 20; number += 1) one(number);
  expect(one(20)).toEqual(other(20));
  expect(one(20)).not.toEqual(generatorOf(catalog, seed + 1)(20));
});

test('a failing input is shrunk to what makes it fail', async () => {
  const input = [
    file('a.yaml', 'one\ntwo\n'),
    file('b.yaml', 'three\nfo🤖ur\nfive\n'),
    file('c', ''),
  ];
  const small = await shrunk(input, async (files) =>
    files.some(({ bytes }) => Buffer.from(bytes).includes('🤖')),
  );
  expect(small).toEqual([file('b.yaml', '🤖')]);
});
