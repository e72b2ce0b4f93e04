import type { Catalog, FieldSchema } from '../src/model/kind.ts';

/** Words that mean something to the loader, so that nonsense gets further than the first check. */
export interface Vocabulary {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** Keys that have a meaning in JavaScript. */
const languageKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  '__defineGetter__',
];

const ownKeys = [
  'defaults',
  'absent',
  'settings',
  'lifecycle',
  'x-anchors',
  'keep',
  'env',
  'file',
  'sops',
  'key',
  'live',
  'id',
  'os',
  'custom',
  'manage',
  'ignoreChanges',
  'additive',
  'formerName',
  'preventDeletion',
  'onImmutableChange',
  'allowStop',
  'running',
  'timezone',
  'a',
  'worker-{1..3}',
  '"{a,b}-{01..12}"',
  '<<',
  '? x',
  '~',
  '1',
  'true',
];

const values = [
  'a',
  '*a',
  '&a x',
  'null',
  '~',
  'true',
  '5',
  '-0',
  '1e400',
  '.nan',
  '-.inf',
  '0x7fffffffffffffff',
  '99999999999999999999',
  'running',
  'off',
  'ny2',
  '"{01..99999999}"',
  '"{1..0..0}"',
  '"{9007199254740990..9007199254740999}"',
  '"{-99..-01..7}"',
  '"{z..a}"',
  '"{,}"',
  '"{{1..2},3}"',
  '"{1..9}{1..9}{1..9}{1..9}{1..9}{1..9}"',
  '"Mon-Fri 25:00-26:00"',
  '"Mon-Sun 08:00-07:59, Tue"',
  '"* * * * *"',
  '30%',
  '1e9s',
  '99999999999h',
  '../../etc/passwd',
  '/dev/zero',
  '"\\0"',
  'scripts/install-docker.sh',
  'team.yaml',
  '""',
  '" "',
  '!!js/function "function(){}"',
  '!!binary AAAA',
  '!!set { a, b }',
  '!!timestamp 2001-01-01',
  '!!str',
  '!<tag:yaml.org,2002:int> 7',
  '!e!x y',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u202e\\u2066"',
  '\u{202e}x',
  '"\\U0010ffff"',
  '"\\UFFFFFFFF"',
  '"\\x00"',
  '\u{2028}',
  '\u{feff}a',
  '🤖',
  'İ',
];

/** The words of the kinds of a program, and those of every config. */
export function vocabularyOf({ kinds }: Catalog): Vocabulary {
  const fields = [...kinds.values()].flatMap(({ schema }) => fieldsIn(schema));
  return {
    keys: [...new Set([...kinds.keys(), ...languageKeys, ...ownKeys, ...fields])],
    values,
  };
}

const fieldsIn = ({ properties = {} }: FieldSchema): readonly string[] =>
  Object.entries(properties).flatMap(([name, field]) => [name, ...fieldsIn(field)]);
