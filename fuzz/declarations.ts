import { lines, sizeOf, team, type Attack } from './attack.ts';
import { file } from './input.ts';
import type { Random } from './random.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Replaces any value by any other, from words that the loader knows. */
export const nonsense: Attack = (random, words) => {
  const one = (): string =>
    lines(1 + random.below(4), () => `${random.one(words.keys)}: ${value(random, words, 4)}`);
  const name = random.one([
    'team.yaml',
    'holdfast.yaml',
    'sub/holdfast.yaml',
    'a b.yml',
    'ü\u{301}.yaml',
  ]);
  return [file(name, random.some(1, 3, one).join('\n---\n'))];
};

function value(random: Random, words: Vocabulary, depth: number): string {
  if (depth === 0 || random.once(3)) return random.one(words.values);
  const inner = (): string => value(random, words, depth - 1);
  return random.once(3)
    ? `[${random.some(0, 3, inner).join(', ')}]`
    : `{ ${random.some(0, 4, () => `${random.one(words.keys)}: ${inner()}`).join(', ')} }`;
}

/** Resources that refer to each other, some of them to unknown names. */
export const references: Attack = (random) => {
  const name = (): string =>
    random.one([
      'a',
      'b',
      'c',
      '"{a,b}"',
      '"{a..c}"',
      '"{01..99999999}"',
      '__proto__',
      'constructor',
    ]);
  const machine = (): string =>
    `${name()}: { machineType: C5, template: ${name()}, region: ${random.one(['ny2', 'ca1'])}, diskSize: 50, network: ${name()}, startupScript: ${name()} }`;
  return team(
    [
      `machines: { ${random.some(1, 4, machine).join(', ')} }`,
      `privateNetworks: { ${name()}: { region: ny2 } }`,
      `customTemplates: { ${random.some(1, 3, () => `${name()}: { machine: ${name()} }`).join(', ')} }`,
      `startupScripts: { ${name()}: { script: x, assignedMachines: [${random.some(0, 3, name).join(', ')}] } }`,
      `publicIps: { ${name()}: { region: ny2, machine: ${name()} } }`,
      `absent: { machines: [${name()}] }`,
    ].join('\n'),
  );
};

export const manyFiles: Attack = (random, words) =>
  Array.from({ length: random.once(40) ? 300 : 1 + random.below(20) }, (_, i) =>
    file(
      `${random.one(['', 'a/', 'a/b/', '.hidden/', '..x/', ' /'])}${random.one(['f', '\n', '"', '\u{202e}', '-', '__proto__'])}${i}.${random.one(['yaml', 'yml', 'YAML', 'txt'])}`,
      `${random.one(words.keys)}: { ${random.one(words.keys)}: ${random.one(words.values)} }`,
    ),
  );

export const manyProblems: Attack = (random, { keys, values }) => {
  const [key, one] = [random.one(keys), random.one(values)];
  return team(
    `machines:\n${lines(sizeOf(random, 3000), (i) => `  m${i}: { ${key}: ${one}, network: n${i} }`)}`,
  );
};
