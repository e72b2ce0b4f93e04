import { lines, sizeOf, team, type Attack } from './attack.ts';

export const bytes: Attack = (random) =>
  team(Uint8Array.from(random.some(0, 300, () => random.below(256))));

export const badUtf8: Attack = (random) => {
  const bad = random.one([[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xf5], [0xe2, 0x28]]);
  const before = Buffer.from('privateNetworks: { n: { region: "');
  return team(Buffer.concat([before, Buffer.from(bad), Buffer.from('" } }')]));
};

export const nesting: Attack = (random) => {
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

export const blocks: Attack = (random) => {
  const depth = Math.min(sizeOf(random, 2000), 2000);
  const key = random.one(['a:', '- a:', '? a\n:', 'a: &b', '<<:']);
  return team(lines(depth, (i) => `${' '.repeat(i)}${key}`));
};

export const hugeScalars: Attack = (random) => {
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

/** Mistakes after which the parser continues. */
export const manyErrors: Attack = (random) => {
  const item = random.one(['!x a', '&a &b c', '*a', '"\\q"', '!x !y z', '`', '? : x']);
  return team(`x-a:\n${lines(sizeOf(random, 10_000), () => `  - ${item}`)}`);
};
