import { Type } from 'typebox';
import { expect, test } from 'vitest';
import type { Catalog, ResourceKind } from '../../src/model/kind.ts';
import type { FieldSchema } from '../../src/model/schema.ts';
import { fieldRows, typeOf } from '../../tools/fieldRows.ts';
import { kindPage, kindsPage } from '../../tools/kindPage.ts';
import { settingsPage } from '../../tools/settingsPage.ts';
import { catalog } from '../support/team.ts';

const nothing = async function* () {};

const pipes: ResourceKind = {
  name: 'pipes',
  singular: 'pipe',
  schema: Type.Object({
    code: Type.String({ writeOnly: true, secret: true, description: 'A | B' }),
    size: Type.Optional(Type.Integer({ minimum: 1, immutable: true, default: 2 })),
    ends: Type.Optional(Type.Array(Type.String(), { references: 'pipes', relation: 'set' })),
  }),
  examples: [{ name: 'main', spec: { code: { env: 'CODE' }, ends: ['other'] } }],
  list: nothing,
  create: async () => ({ id: '' }),
  remove: async () => ({}),
  relations: { ends: { assign: async () => {}, members: nothing } },
};

const small: Catalog = { ...catalog, kinds: new Map([['pipes', pipes]]) };

test('the page of a kind', () => {
  expect(kindPage(pipes, small))
    .toBe(`<!-- Made by \`npm run generate\` from src/kinds; not to be edited. -->

# pipes

Each entry of \`pipes\` is one pipe, known by its name. Holdfast can create, change and delete it.

## Fields

| field | required | takes | what holds for it | description |
| --- | --- | --- | --- | --- |
| \`code\` | yes | \`{ env: }\`, \`{ file: }\` or \`{ sops:, key: }\` | a secret; write-only | A \\| B |
| \`size\` |  | whole number, from 1 | fixed at creation; default \`2\` |  |
| \`ends\` |  | list of names of [pipes](pipes.md) | a relation |  |

## Relations

- \`ends\` is a set: what is declared is all there is, unless \`lifecycle.additive\` names it. It is read in a list of its own, only where it is declared.

## Example

\`\`\`yaml
pipes:
  main:
    code: { env: CODE }
    ends:
      - other
\`\`\`

## Never shown by the API

\`code\`: compared with what was written last. \`{ keep: true }\` in its place says: whatever is there.

## To know

- A change of what is fixed at creation is \`blocked\`; with \`lifecycle.onImmutableChange: replace\` it is deleted and created again.

Every spec may carry \`lifecycle\` too.
`);
});

test('the page of all kinds names each', () => {
  for (const name of catalog.kinds.keys())
    expect(kindsPage(catalog)).toContain(`| [${name}](${name}.md) | `);
});

test.each<[string, FieldSchema, string]>([
  ['a flag', { type: 'boolean' }, 'true or false'],
  ['a few words', { enum: ['a', 2] }, '`a`, `2`'],
  ['a timetable', { timetable: true }, '`running`, `off` or `{ running: TIMES, timezone: ZONE }`'],
  ['a script', { type: 'string', writeOnly: true }, 'text, `{ file: }` or `{ env: }`'],
  ['what is only live', { type: 'string', references: 'users' }, 'name of one of `users`'],
  [
    'a reference in several forms',
    { type: 'string', references: 'pipes', referencesBy: { os: 'osTemplates' } },
    'name of one of [pipes](pipes.md), `{ os: NAME }`',
  ],
  ['alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'text or null'],
  ['a map', { type: 'object', additionalProperties: { type: 'number' } }, 'map: NAME → number'],
])('what %s takes', (_, field, words) => {
  expect(typeOf(field, small)).toBe(words);
});

test('fields inside of others are named by their path', () => {
  const field = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
  const schema = {
    type: 'object',
    properties: {
      one: field,
      many: { type: 'array', items: field },
      map: { additionalProperties: field },
    },
  };
  expect(
    fieldRows(schema)
      .filter(({ isRequired }) => isRequired)
      .map(({ path }) => path),
  ).toEqual(['one.a', 'many[].a', 'map.NAME.a']);
});

test('the page of the settings has path, default and variable of each', () => {
  const page = settingsPage({
    properties: {
      throttle: {
        properties: { requestsPerSecond: { type: 'number', default: 10, description: 'Many.' } },
      },
    },
  });
  expect(page).toContain(
    '| `throttle.requestsPerSecond` | `10` | `HOLDFAST_THROTTLE_REQUESTS_PER_SECOND` | Many. |',
  );
});
