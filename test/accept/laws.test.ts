import * as fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap } from 'yaml';
import { describe, expect, test } from 'vitest';
import { selectFields } from '../../src/accept/fields/select.ts';
import { propose } from '../../src/accept/propose.ts';
import { subjectOf, type Subject } from '../../src/accept/team.ts';
import { afterColon, contentAt, endOf, parse, spotAt } from '../../src/accept/yaml/parsed.ts';
import { originOf } from '../../src/accept/yaml/origin.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { rangeOf } from '../../src/import/yaml/nodes.ts';
import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import type { ResourceKind } from '../../src/model/kind/kind.ts';
import type { Desired, Observed, Spec } from '../../src/model/resource.ts';
import { endOfLine, lineStart } from '../../src/model/text/offsets.ts';
import { changesOf, compare, type CompareContext } from '../../src/reconcile/compare/compare.ts';
import { completeListing } from '../../src/reconcile/observe/observe.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';
import { randomEntry, type Draw } from './randomYaml.ts';

const catalog = await loadCatalog();

/** Values of a field: the YAML has one of them, and the team another one, or none if the field may be left out. */
interface FieldValues {
  readonly path: readonly string[];
  readonly values: readonly unknown[];
  readonly isOptional?: boolean;
}

const texts = [
  'plain',
  'two words',
  'a, b',
  "it's",
  'true',
  '# no comment',
  '{}',
  'x: y',
  'äö',
  '1e3',
];

const kinds: Readonly<Record<string, readonly FieldValues[]>> = {
  machines: [
    { path: ['machineType'], values: ['C5', 'C7', 'A4000'] },
    { path: ['region'], values: ['ny2'] },
    { path: ['diskSize'], values: [50, 100, 250] },
    { path: ['network'], values: ['one', 'two', { live: 'three' }], isOptional: true },
    { path: ['autoShutdownEnabled'], values: [true, false], isOptional: true },
    { path: ['autoShutdownTimeout'], values: [1, 8, 24], isOptional: true },
    { path: ['publicIpType'], values: ['none', 'static', 'dynamic'], isOptional: true },
  ],
  datasets: [{ path: ['description'], values: texts, isOptional: true }],
  storageProviders: [
    { path: ['storageProviderType'], values: ['s3'] },
    { path: ['s3Config', 'bucket'], values: texts },
    { path: ['s3Config', 'accessKey'], values: texts },
    { path: ['s3Config', 'region'], values: texts, isOptional: true },
  ],
  deployments: [
    { path: ['project'], values: ['vision'] },
    { path: ['config', 'apiVersion'], values: ['v1', 'latest'] },
    { path: ['config', 'image'], values: texts },
    { path: ['config', 'enabled'], values: [true, false], isOptional: true },
    { path: ['config', 'command'], values: [['a', 'b'], ['a', 'c, d'], ['z']], isOptional: true },
    { path: ['config', 'resources', 'machineType'], values: ['C5', 'C7'] },
    { path: ['config', 'resources', 'replicas'], values: [0, 1, 2], isOptional: true },
    { path: ['config', 'resources', 'ports'], values: [[80], [81], [80, 81], [1, 80, 2]] },
  ],
};

const others = `privateNetworks:
  one: { region: ny2 }
  two: { region: ny2 }
projects: { vision: {} }
`;

const required: Readonly<Record<string, Spec>> = {
  machines: { template: { os: 'Ubuntu 22.04' } },
  storageProviders: { s3Config: { secretAccessKey: { keep: true } } },
};

const put = (spec: Spec, [key = '', ...rest]: readonly string[], value: unknown): Spec => ({
  ...spec,
  [key]: rest.length === 0 ? value : put((spec[key] ?? {}) as Spec, rest, value),
});

const networkIds: Readonly<Record<string, string>> = { one: 'n1', two: 'n2', three: 'n3' };
const item = (name: string, id: string, spec: Spec = {}): Observed => ({
  name,
  id,
  spec,
  ready: true,
});

const snapshot = new Map([
  [
    'privateNetworks',
    completeListing(
      { name: 'privateNetworks' },
      Object.entries(networkIds).map(([name, id]) => item(name, id)),
    ),
  ],
  ['projects', completeListing({ name: 'projects' }, [item('vision', 'p1')])],
]);

const context: CompareContext = {
  resolve: (reference) => ({
    is: 'id',
    id: reference.by === 'id' ? reference.id : (networkIds[reference.name] ?? 'p1'),
  }),
  nameOf: (_, id) => id,
  isNameless: () => false,
  hasFixedName: () => false,
  isWritten: () => true,
  unreadable: () => undefined,
};

/** A live value of a field in the API's words. */
const liveOf = ({ path }: FieldValues, value: unknown): unknown => {
  if (path[0] === 'project') return 'p1';
  const name = typeof value === 'object' && value !== null && 'live' in value ? value.live : value;
  return path[0] === 'network' ? (networkIds[String(name)] ?? null) : value;
};

/** A declared entry and a live spec that differs from it. */
function drawCase(draw: Draw, kind: string, fields: readonly FieldValues[]) {
  let declared = required[kind] ?? {};
  let live: Spec = {};
  for (const field of fields) {
    if (field.isOptional && draw(fc.boolean)) continue;
    const pick = () => fc.constantFrom(...field.values);
    const value = draw(pick);
    declared = put(declared, field.path, value);
    const isGone = field.isOptional === true && draw(fc.integer, { min: 0, max: 4 }) === 0;
    const liveValue = draw(fc.boolean) ? value : draw(pick);
    live = put(live, field.path, isGone ? null : liveOf(field, liveValue));
  }
  const eol = draw(() => fc.constantFrom('\n', '\r\n'));
  const entry = randomEntry(draw, 'it', declared);
  const text = `${others}${kind}: # all\n${entry}\n  # the last\n`.replaceAll('\n', eol);
  return { text, live };
}

const stateIn = async (directory: string, text: string) => {
  await writeFile(join(directory, 'team.yaml'), text);
  const loaded = await loadDesired(directory, catalog);
  if (!loaded.ok) throw new Error(`${JSON.stringify(loaded.problems)}\n${text}`);
  return loaded.state;
};

function subject(kind: ResourceKind, desired: Desired, live: Observed): Subject {
  const reported = [
    ['privateNetworks', 'one', 'n1'],
    ['privateNetworks', 'two', 'n2'],
  ] as const;
  return subjectOf(
    { kind, desired, live, catalog, snapshot },
    {
      desired: new Map(reported.map(([k, name]) => [`${k}/${name}` as const, desired])),
      memory: { obligations: new Map() },
    },
    { resources: reported.map(([k, name, id]) => ({ kind: k, name, id })) },
  );
}

describe('accepting any differences', () => {
  test.each(Object.entries(kinds))(
    'of %s ends them, and changes no other byte',
    async (kindName, fields) => {
      const kind = catalog.kinds.get(kindName);
      if (!kind) throw new Error(kindName);
      const directory = await directoryOf({});
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (draw) => {
          const { text, live } = drawCase(draw, kindName, fields);
          const observed = item('it', 'live', live);
          const find = async (now: string) => {
            const state = await stateIn(directory, now);
            const desired = state.resources.find(
              ({ kind: k, name }) => k === kindName && name === 'it',
            );
            if (!desired) throw new Error(now);
            const { differences } = compare(kind.schema, desired, observed, context);
            return { desired, changes: changesOf(differences) };
          };
          const before = await find(text);
          const it = subject(kind, before.desired, observed);
          const { fields: selected, refusals } = selectFields(
            it,
            { ...before, unverifiable: [] },
            [],
          );
          expect(refusals).toEqual([]);
          for (const field of selected) {
            const proposal = propose(it, [field], { name: 'team.yaml', text });
            expect(proposal.refusals, text).toEqual([]);
            expectOnly(text, proposal.text, before.desired, field.steps);
          }
          const all = propose(it, selected, { name: 'team.yaml', text });
          expect(all.refusals, text).toEqual([]);
          expect((await find(all.text)).changes, `${text}\n=>\n${all.text}`).toEqual([]);
        }),
        { numRuns: 40, endOnFailure: true },
      );
    },
  );
});

/** Only the value may differ; of a list or a removed key, only its lines. The last key of a map leaves braces. */
function expectOnly(
  before: string,
  after: string,
  { kind, source }: Desired,
  path: readonly (string | number)[],
): void {
  const place = originOf(before, { kind, at: source, path })?.place;
  const documents = parse(before);
  const spot = documents && place && spotAt(documents, place);
  if (!spot || !place) throw new Error('no place');
  const isKept = contentAt(after, place) !== undefined;
  const isScalar = isKept && typeof contentAt(before, place) !== 'object';
  const { pair, parent, node } = spot;
  const isOnly = isMap(parent?.node) && parent.node.items.length === 1;
  const [start, end] = rangeOf(node);
  const line = lineStart(before, rangeOf(pair?.key ?? node)[0]);
  const to = isScalar ? end : endOfLine(before, endOf(node));
  const expected =
    !isKept && isOnly && parent.pair
      ? before.slice(0, afterColon(parent.pair))
      : before.slice(0, isScalar ? start : line);
  expect(after.startsWith(expected), `${before}\n=>\n${after}`).toBe(true);
  expect(after.endsWith(before.slice(to)), `${before}\n=>\n${after}`).toBe(true);
}
