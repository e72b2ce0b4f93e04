import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planted } from './plantedBugs.ts';

test.each(planted)('$bug: can be planted', ({ file, find, instead }) => {
  const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
  expect(text.split(find)).toHaveLength(2);
  expect(instead).not.toBe(find);
});
