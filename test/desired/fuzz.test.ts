import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { faultOf } from '../../fuzz/check.ts';
import { argumentsFault } from '../../fuzz/arguments.ts';
import { generatorOf, subjects } from '../../fuzz/generate.ts';
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

test('1000 settings files with variables that nobody should have written keep the loader’s promises', async () => {
  const top = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const inputOf = generatorOf(catalog, seed, 'settings');
  const faults: string[] = [];
  for (let number = 0; number < 1000; number += 1) {
    const fault = await faultOf(inputOf(number), join(top, 'config'), catalog, limits);
    if (fault)
      faults.push(
        `${fault.promise}: ${fault.detail} (npm run fuzz -- --of settings --seed ${seed} --only ${number})`,
      );
  }
  expect(faults).toEqual([]);
}, 300_000);

test('60 command lines that nobody should have written are run, or refused in words', async () => {
  const top = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const inputOf = generatorOf(catalog, seed, 'arguments');
  const faults: string[] = [];
  for (let number = 0; number < 60; number += 1) {
    const fault = await argumentsFault(inputOf(number), top);
    if (fault)
      faults.push(
        `${fault.promise}: ${fault.detail} (npm run fuzz -- --of arguments --seed ${seed} --only ${number})`,
      );
  }
  expect(faults).toEqual([]);
}, 300_000);

test.each(subjects)('an input of %s is made by its number alone', (subject) => {
  const inputsOf = (from: number) => generatorOf(catalog, from, subject);
  const [one, other] = [inputsOf(seed), inputsOf(seed)];
  for (let number = 0; number < 20; number += 1) one(number);
  expect(one(20)).toEqual(other(20));
  expect(one(20)).not.toEqual(inputsOf(seed + 1)(20));
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
