import { file, type Input } from './input.ts';
import type { Random } from './random.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Makes an input that is meant to hurt. */
type Attack = (random: Random, words: Vocabulary) => Input;

const team = (content: string | Uint8Array): Input => [file('team.yaml', content)];

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** A size that is mostly small, seldom large: what is large takes as long as thousands of others. */
const sizeOf = (random: Random, large: number): number =>
  random.once(200) ? large : 1 + random.below(300);

const bytes: Attack = (random) =>
  team(Uint8Array.from(random.some(0, 300, () => random.below(256))));

const badUtf8: Attack = (random) => {
  const bad = random.one([[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xf5], [0xe2, 0x28]]);
  const before = Buffer.from('privateNetworks: { n: { region: "');
  return team(Buffer.concat([before, Buffer.from(bad), Buffer.from('" } }')]));
};

const nesting: Attack = (random) => {
  const depth = sizeOf(random, 100_000);
  const [open, close] = random.one([
    ['[', ']'],
    ['{a: ', '}'],
    ['- ', ''],
    ['? ', ''],
    ['[{a: ', '}]'],
    ['!x &y [', ']'],
    ['- ? ', ''],
  ]) as readonly [string, string];
  const top = random.one(['x-deep: ', 'machines: ', 'deployments: { d: { config: ', '']);
  return team(top + open.repeat(depth) + (random.once(2) ? '' : close.repeat(depth)));
};

const blocks: Attack = (random) => {
  const depth = Math.min(sizeOf(random, 2000), 2000);
  const key = random.one(['a:', '- a:', '? a\n:', 'a: &b', '<<:']);
  return team(lines(depth, (i) => `${' '.repeat(i)}${key}`));
};

const hugeScalars: Attack = (random) => {
  const size = sizeOf(random, 3_000_000);
  const letter = random.one([
    'x',
    '\\',
    '"',
    "'",
    ' ',
    '\t',
    '9',
    '{',
    '*',
    '🤖',
    '\u{2028}',
    'a: ',
    '%',
  ]);
  const text = letter.repeat(Math.ceil(size / letter.length));
  return team(
    random.one([
      `x-a: ${text}`,
      `x-a: "${text}"`,
      `x-a: '${text}'`,
      `x-a: |\n  ${text}`,
      `${text}: 1`,
      `"${text}":`,
      `machines: { "${text}": { region: "${text}" } }`,
      `startupScripts: { s: { script: "${text}" } }`,
      `machines: { a: { diskSize: ${text}, state: "${text}", state: { running: "${text}" } } }`,
      `# ${text}\n`,
      `&${text} a: *${text}`,
      `!${text} a`,
      text,
    ]),
  );
};

const aliasBombs: Attack = (random) => {
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

const merges: Attack = (random, { keys, values }) => {
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

/** Any value in the place of any other, of words that the loader knows. */
const nonsense: Attack = (random, words) => {
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

/** Resources that know each other, some of them by names that nobody has. */
const references: Attack = (random) => {
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

const manyFiles: Attack = (random, words) =>
  Array.from({ length: random.once(40) ? 300 : 1 + random.below(20) }, (_, i) =>
    file(
      `${random.one(['', 'a/', 'a/b/', '.hidden/', '..x/', ' /'])}${random.one(['f', '\n', '"', '\u{202e}', '-', '__proto__'])}${i}.${random.one(['yaml', 'yml', 'YAML', 'txt'])}`,
      `${random.one(words.keys)}: { ${random.one(words.keys)}: ${random.one(words.values)} }`,
    ),
  );

const manyProblems: Attack = (random, { keys, values }) => {
  const [key, one] = [random.one(keys), random.one(values)];
  return team(
    `machines:\n${lines(sizeOf(random, 3000), (i) => `  m${i}: { ${key}: ${one}, network: n${i} }`)}`,
  );
};

/** Mistakes after which the parser goes on. */
const manyErrors: Attack = (random) => {
  const item = random.one(['!x a', '&a &b c', '*a', '"\\q"', '!x !y z', '`', '? : x']);
  return team(`x-a:\n${lines(sizeOf(random, 10_000), () => `  - ${item}`)}`);
};

export const attacks: readonly Attack[] = [
  bytes,
  badUtf8,
  nesting,
  blocks,
  hugeScalars,
  aliasBombs,
  merges,
  nonsense,
  nonsense,
  references,
  manyFiles,
  manyProblems,
  manyErrors,
];
