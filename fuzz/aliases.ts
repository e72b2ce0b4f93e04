import { lines, team, type Attack } from './attack.ts';

export const aliasBombs: Attack = (random) => {
  const width = 1 + random.below(12);
  const depth = 1 + random.below(30);
  const list = (i: number): string => `x-${i}: &x${i + 1} [${`*x${i}, `.repeat(width)}]`;
  const map = (i: number): string =>
    `x-${i}: &x${i + 1} { ${Array.from({ length: width }, (_, k) => `k${k}: *x${i}`).join(', ')} }`;
  const merge = (i: number): string =>
    `x-${i}: &x${i + 1} { <<: [${`*x${i}, `.repeat(width)}], k${i}: ${i} }`;
  const use = random.one([
    '',
    '\nmachines: *x1',
    '\nmachines: { a: *x1 }',
    '\ndefaults: *x1',
    '\n? *x1\n: a',
  ]);
  return team(
    `x: &x0 ${random.one(['[1]', '{ a: b }', 'text', '*x0'])}\n${lines(depth, random.one([list, map, merge]))}${use}`,
  );
};

export const merges: Attack = (random, { keys, values }) => {
  const entry = (): string => `${random.one(keys)}: ${random.one(values)}`;
  const map = (): string => `{ ${random.some(0, 3, entry).join(', ')} }`;
  const merged = (): string =>
    random.one(['*a', '*b', '[*a, *b]', '[*a, *a]', '[[*a]]', '1', 'text', 'null', '[]', map()]);
  return team(
    [
      `x-a: &a ${map()}`,
      `x-b: &b { <<: ${merged()}, ${entry()} }`,
      `${random.one(keys)}: { <<: ${merged()}, <<: ${merged()}, ${entry()}, ${entry()} }`,
      `machines: { a: { <<: ${merged()}, ${entry()} } }`,
    ].join('\n'),
  );
};
