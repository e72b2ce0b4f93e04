import { addEntries } from '../src/import/yaml/merge.ts';
import type { Catalog, ResourceKind } from '../src/model/kind.ts';
import type { FieldSchema } from '../src/model/schema.ts';
import { code, fieldRows, table, typeOf, type FieldRow } from './fieldRows.ts';

const generated = '<!-- Made by `npm run generate` from src/kinds; not to be edited. -->';

/** The reference page of a kind, in Markdown. */
export function kindPage(kind: ResourceKind, catalog: Catalog): string {
  const rows = fieldRows(kind.schema);
  const sections = [
    `${generated}\n\n# ${kind.name}`,
    `${descriptionOf(kind)} ${abilitiesOf(kind)}`,
    ...titled('Fields', rows.length === 0 ? 'It has none.' : fieldTable(rows, catalog)),
    ...titled('Relations', relationsOf(kind)),
    ...titled('Example', `\`\`\`yaml\n${exampleOf(kind)}\`\`\``),
    ...titled('Never shown by the API', hiddenOf(rows)),
    ...titled('To know', list(notesOf(kind, rows))),
    'Every spec may carry `lifecycle` too.',
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The page that lists all kinds. */
export const kindsPage = ({ kinds }: Catalog): string =>
  `${generated}

# Kinds

${table(
  ['kind', 'what it is', 'required fields', 'relations'],
  [...kinds.values()].map((kind) => [
    `[${kind.name}](${kind.name}.md)`,
    descriptionOf(kind),
    (kind.schema.required ?? []).map(code).join(', '),
    Object.keys(kind.relations ?? {})
      .map(code)
      .join(', '),
  ]),
)}
`;

const descriptionOf = ({ name, singular, adopt }: ResourceKind): string =>
  `Each entry of \`${name}\` is one ${singular}, known by ${adopt ? 'a name of Holdfast’s own' : 'its name'}.`;

function abilitiesOf({ create, update, remove, power, relations }: ResourceKind): string {
  const verbs = [
    ...(create ? ['create'] : []),
    ...(update || relations ? ['change'] : []),
    ...(power ? ['start', 'stop'] : []),
    ...(remove ? ['delete'] : []),
  ];
  return `Holdfast can ${joined(verbs)} it.`;
}

const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const titled = (title: string, text: string): readonly string[] =>
  text === '' ? [] : [`## ${title}`, text];

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

const fieldTable = (rows: readonly FieldRow[], catalog: Catalog): string =>
  table(
    ['field', 'required', 'takes', 'what holds for it', 'description'],
    rows.map(({ path, field, isRequired }) => [
      code(path),
      isRequired ? 'yes' : '',
      typeOf(field, catalog),
      traitsOf(field).join('; '),
      field.description ?? '',
    ]),
  );

const traits: readonly (readonly [keyof FieldSchema, string])[] = [
  ['immutable', 'fixed at creation'],
  ['createOnly', 'said at creation only, never compared'],
  ['given', 'given by the API, never created'],
  ['secret', 'a secret'],
  ['writeOnly', 'write-only'],
  ['requiresOff', 'changed while it is off'],
  ['growOnly', 'only grows'],
  ['caseInsensitive', 'in any case'],
  ['sameRegion', 'in the same region'],
  ['exclusive', 'in one at most'],
  ['partial', 'only what is declared counts'],
  ['sensitive', 'may hold a secret: not shown in reports, not imported'],
  ['relation', 'a relation'],
];

const traitsOf = (field: FieldSchema): readonly string[] => [
  ...traits.flatMap(([trait, words]) => (field[trait] ? [words] : [])),
  ...('default' in field ? [`default ${code(field.default)}`] : []),
];

const relationWords = {
  set: 'a set: what is declared is all there is, unless `lifecycle.additive` names it',
  one: 'one or none: null says none',
  map: 'a map: what it does not name is left alone',
} as const;

function relationsOf({ schema, relations = {} }: ResourceKind): string {
  return list(
    Object.entries(relations).map(
      ([name, { members, rotated, setByOwnCreate, setByMemberCreate }]) => {
        const sort = schema.properties[name]?.relation ?? 'set';
        return [
          `\`${name}\` is ${relationWords[sort]}.`,
          ...(members ? ['It is read in a list of its own, only where it is declared.'] : []),
          ...(rotated ? ['That is done for a few resources a pass, in turns.'] : []),
          ...(setByOwnCreate || setByMemberCreate !== undefined
            ? ['A create carries it, with no action of its own.']
            : []),
        ].join(' ');
      },
    ),
  );
}

function exampleOf({ name, examples }: ResourceKind): string {
  const entries = Object.fromEntries(examples.map((example) => [example.name, example.spec]));
  const text = addEntries('', name, entries);
  if (text === undefined) throw new Error(`the examples of ${name} are no YAML`);
  return text;
}

function hiddenOf(rows: readonly FieldRow[]): string {
  const paths = rows.flatMap(({ path, field }) => {
    const members = field.additionalProperties;
    if (field.writeOnly) return [path];
    return typeof members === 'object' && members.writeOnly ? [`${path}.NAME`] : [];
  });
  return paths.length === 0
    ? ''
    : `${paths.map(code).join(', ')}: compared with what was written last. \`{ keep: true }\` in its place says: whatever is there.`;
}

function notesOf(kind: ResourceKind, rows: readonly FieldRow[]): readonly string[] {
  const has = (trait: keyof FieldSchema): boolean => rows.some(({ field }) => field[trait]);
  return [
    ...(kind.whenMissing === undefined ? [] : [`When it is missing: ${kind.whenMissing}.`]),
    ...(kind.names?.fixed ? ['The name is the API’s own key: it cannot be renamed.'] : []),
    ...(kind.names ? [`Names look like \`${kind.names.pattern}\`.`] : []),
    ...(has('immutable') && kind.create && kind.remove
      ? [
          'A change of what is fixed at creation is `blocked`; with `lifecycle.onImmutableChange: replace` it is deleted and created again.',
        ]
      : []),
    ...(has('requiresOff')
      ? [
          'What is changed while it is off waits until it is; `lifecycle.allowStop` stops it for that.',
        ]
      : []),
    ...(kind.requiresPoweredOff === undefined
      ? []
      : [`The resource that \`${kind.requiresPoweredOff}\` names must be off when it is created.`]),
    ...(kind.updateSendsAllFields
      ? ['An update sends everything, so no value may be `{ keep: true }` then.']
      : []),
    ...(kind.adopt ? ['The API gives it no name: a live one is found by what its spec says.'] : []),
    ...(kind.remove ? [] : ['It cannot be deleted.']),
  ];
}
