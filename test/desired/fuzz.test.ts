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

/** `npm run fuzz` runs as many as requested; these are always the same ones. */
const seed = 2026;
const inputs = 1000;

/** Not a measurement: a guard against inputs that never finish. */
const limits = { slow: 60_000, slowPerMb: 60_000 };

test(`${inputs} generated config directories keep the loader’s promises`, async () => {
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

test('500 generated settings files with variables keep the loader’s promises', async () => {
  const top = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const inputOf = generatorOf(catalog, seed, 'settings');
  const faults: string[] = [];
  for (let number = 0; number < 500; number += 1) {
    const fault = await faultOf(inputOf(number), join(top, 'config'), catalog, limits);
    if (fault)
      faults.push(
        `${fault.promise}: ${fault.detail} (npm run fuzz -- --of settings --seed ${seed} --only ${number})`,
      );
  }
  expect(faults).toEqual([]);
}, 300_000);

test('60 generated command lines run, or are refused with a message', async () => {
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

test.each(subjects)('an input of %s depends only on its number', (subject) => {
  const inputsOf = (from: number) => generatorOf(catalog, from, subject);
  const [one, other] = [inputsOf(seed), inputsOf(seed)];
  for (let number = 0; number < 20; number += 1) one(number);
  expect(one(20)).toEqual(other(20));
  expect(one(20)).not.toEqual(inputsOf(seed + 1)(20));
});

test('a failing input is shrunk to the part that fails', async () => {
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
