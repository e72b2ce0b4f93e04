import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { documentSchema } from '../../src/desired/editorSchema/documentSchema.ts';
import type { FieldSchema } from '../../src/model/kind/schema.ts';
import { fieldsWithin, itemStep } from '../../src/model/kind/subschemas.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { addressOf, type Desired, type Spec } from '../../src/model/resource.ts';
import { reportSchema, type DescribedReport } from '../../src/report/schema/report.ts';
import { copyTestStore, textOfTestStore } from '../support/openTestStore.ts';
import { bench, openOf as allOpenOf, type Bench, type BenchOptions } from '../support/passes.ts';
import { catalog } from '../support/team.ts';
import { allFields, editsOf, otherValue, type Edit } from './edits.ts';
import {
  document,
  edited,
  env,
  isObject,
  isRenamed,
  kinds,
  labels,
  loadExamples,
  spare,
  valueAt,
} from './examples.ts';

const team = await loadExamples();

/** Runs a pass a minute after the last one, and checks its report against the schema of reports. */
async function pass(harness: Bench, desired: readonly Desired[]): Promise<Report> {
  harness.clock.advance(60_000);
  const report = await harness.pass(desired);
  expect(misfitsOf(report)).toEqual([]);
  return report;
}

/** Returns a schema that forbids unknown fields, so that an undescribed field is found. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [key, closed(inside)]),
  );
  return isObject(value['properties']) ? { additionalProperties: false, ...inner } : inner;
};

const fits = new Ajv2020({ strict: false, validateFormats: false }).compile(
  closed(reportSchema()) as object,
);

/** Returns where the report that users receive violates its schema. */
const misfitsOf = (report: Report) =>
  fits(JSON.parse(JSON.stringify(report))) ? [] : (fits.errors ?? []);

/** Runs passes until one does nothing. Throws after a few: they would never end. */
async function quiet(harness: Bench, desired: readonly Desired[]): Promise<readonly Report[]> {
  const reports: Report[] = [];
  while (reports.length < 5) {
    const report = await pass(harness, desired);
    reports.push(report);
    if (report.actions.length === 0) return reports;
  }
  throw new Error(
    `it does not come to rest: ${JSON.stringify(reports.at(-1)?.actions.map(({ id, error }) => [id, error]))}`,
  );
}

/** A team with all examples, created once, and the instant at which it was ready. */
let createdTeam: {
  readonly directory: string;
  readonly at: Date;
  readonly reports: readonly Report[];
  readonly problems: readonly string[];
};
const logged: string[] = [];
const file = (directory: string, name: string): string => join(directory, name);

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-conformance-'));
  await using harness = await bench({
    env,
    store: file(directory, 'state.db'),
    simulator: { stateFile: file(directory, 'team.json') },
    onLog: (line) => logged.push(line),
  });
  const reports = [await harness.plan(team), ...(await quiet(harness, team))];
  createdTeam = {
    directory,
    at: harness.clock.now(),
    reports,
    problems: harness.contract.problems,
  };
});

afterAll(() => rm(createdTeam.directory, { recursive: true, force: true }));

/** Copies the created team and its store. */
async function copy(
  stack: AsyncDisposableStack,
  options: BenchOptions & { readonly remembers?: boolean } = {},
): Promise<Bench> {
  const { remembers = true, ...rest } = options;
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-conformance-'));
  stack.defer(() => rm(directory, { recursive: true }));
  await copyFile(file(createdTeam.directory, 'team.json'), file(directory, 'team.json'));
  if (remembers)
    await copyTestStore(file(createdTeam.directory, 'state.db'), file(directory, 'state.db'));
  return stack.use(
    await bench({
      env,
      start: createdTeam.at,
      store: file(directory, 'state.db'),
      simulator: { stateFile: file(directory, 'team.json') },
      ...rest,
    }),
  );
}

/** Returns the declared resources that are not in sync. */
const openOf = (report: Report): readonly string[] =>
  allOpenOf(report).filter((line) => !line.startsWith('unmanaged '));

const actionsOf = ({ actions }: Report): readonly string[] => actions.map(({ id }) => id);

/** Returns the paths of all fields of a schema without a description. */
const undescribed = (schema: FieldSchema): readonly string[] =>
  fieldsWithin(schema)
    .filter((field) => field.schema.description === undefined && !field.path.includes(itemStep))
    .map(({ path }) => path.join('.'));

const byName = (first: { readonly name: string }, second: { readonly name: string }): number =>
  first.name.localeCompare(second.name);

describe('every kind', () => {
  test.each(kinds.map((kind) => ({ title: kind.name, kind })))(
    '$title has an example, and a description of each field',
    ({ kind }) => {
      expect(kind.examples.length).toBeGreaterThan(0);
      expect(undescribed(kind.schema)).toEqual([]);
    },
  );

  test.each(kinds.map((kind) => ({ title: kind.name, kind })))(
    '$title has the calls for each relation, and for no other field',
    ({ kind: { schema, relations = {} } }) => {
      const called = Object.entries(relations).map(([name, { update, unassign }]) => ({
        name,
        isMap: update !== undefined,
        isSet: unassign !== undefined,
      }));
      const declared = Object.entries(schema.properties).flatMap(([name, { relation, ...field }]) =>
        relation === undefined
          ? []
          : [
              {
                name,
                isMap: typeof field.additionalProperties === 'object',
                isSet: relation !== 'map',
              },
            ],
      );
      expect(called.toSorted(byName)).toEqual(declared.toSorted(byName));
    },
  );

  test('has examples that fit the editor schema', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(documentSchema(catalog));
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });
});

test('a report matches its schema, field by field', () => {
  expectTypeOf<DescribedReport>().toExtend<Report>();
  expect(createdTeam.reports.flatMap(misfitsOf)).toEqual([]);
  expect(
    createdTeam.reports.map((report) => misfitsOf({ ...report, pass: 7 as never }).length),
  ).not.toContain(0);
});

describe('the examples of all kinds', () => {
  test('are created by one pass, after which the team is in sync', async () => {
    await using stack = new AsyncDisposableStack();
    const harness = await copy(stack);
    const [planned, first, second] = createdTeam.reports;
    expect(planned && actionsOf(planned)).toEqual(first && actionsOf(first));
    expect(first && openOf(first)).toEqual([]);
    expect(second?.actions).toEqual([]);
    const nextReport = await pass(harness, team);
    expect([openOf(nextReport), nextReport.actions]).toEqual([[], []]);
    expect(nextReport.summary.inSync).toBe(team.length);
    await harness.plan(team);
    expect(harness.writes()).toEqual([]);
    expect([...createdTeam.problems, ...harness.contract.problems]).toEqual([]);
  });

  test('leave no secret in a report, the store or a log', async () => {
    const stored = await textOfTestStore(file(createdTeam.directory, 'state.db'));
    const outputs = [JSON.stringify(createdTeam.reports), stored, ...logged].join('\n');
    expect(stored).toContain('machines/trainer-1');
    expect(Object.keys(env)).not.toEqual([]);
    expect(logged).not.toEqual([]);
    expect(Object.values(env).filter((secret) => outputs.includes(secret))).toEqual([]);
  });

  test('keep their labels: reports have them, and neither the team nor the store has', async () => {
    await using stack = new AsyncDisposableStack();
    const harness = await copy(stack);
    const relabelled = team.map((resource) => ({
      ...resource,
      labels: { owner: 'somebody-else' },
    }));
    const report = await pass(harness, relabelled);
    expect(team.map((resource) => resource.labels)).toEqual(team.map(() => labels));
    expect(report.actions).toEqual([]);
    expect(openOf(report)).toEqual([]);
    expect(report.resources.filter(({ source }) => source).map((one) => one.labels)).toEqual(
      relabelled.map((resource) => resource.labels),
    );
    expect(harness.writes()).toEqual([]);
    const texts = [
      await readFile(file(createdTeam.directory, 'team.json'), 'utf8'),
      await textOfTestStore(file(createdTeam.directory, 'state.db')),
    ];
    expect(texts.filter((text) => text.includes(labels.owner))).toEqual([]);
  });

  test('are found again if the store is lost; only fields that the API never shows are written, once', async () => {
    await using stack = new AsyncDisposableStack();
    const harness = await copy(stack, { remembers: false });
    expect(actionsOf(await pass(harness, team)).toSorted()).toEqual(writeOnlyUpdates().toSorted());
    const nextReport = await pass(harness, team);
    expect([openOf(nextReport), nextReport.actions]).toEqual([[], []]);
    expect(harness.contract.problems).toEqual([]);
  });
});

const isRewritten = ({ writeOnly, immutable, createOnly }: FieldSchema): boolean =>
  writeOnly === true && !immutable && !createOnly;

/** Returns the updates that write the write-only values of the examples. */
function writeOnlyUpdates(): readonly string[] {
  const fields = team.flatMap((resource) =>
    allFields.some(
      ({ kind, path, schema }) =>
        kind === resource.kind && isRewritten(schema) && valueAt(resource.spec, path) !== undefined,
    )
      ? [`${resource.address}:update`]
      : [],
  );
  const members = relationsOf('map').flatMap(({ kind, name, relation, schema, members: keys }) =>
    isRewritten(schema.additionalProperties as FieldSchema)
      ? keys.map((key) => `${kind}/${name}:update(${relation}/${key})`)
      : [],
  );
  return [...fields, ...members];
}

/** A relation that an example sets. */
interface Filled {
  readonly title: string;
  readonly kind: string;
  readonly name: string;
  readonly relation: string;
  readonly schema: FieldSchema;
  readonly value: unknown;
  /** The keys of a map. */
  readonly members: readonly string[];
}

function relationsOf(...sorts: readonly FieldSchema['relation'][]): readonly Filled[] {
  return team.flatMap(({ kind, name, spec }) =>
    Object.entries(catalog.kinds.get(kind)?.schema.properties ?? {}).flatMap(
      ([relation, schema]) => {
        const value = spec[relation];
        const isEmpty = value == null || (typeof value === 'object' && isEmptyObject(value));
        if (!schema.relation || !sorts.includes(schema.relation) || isEmpty) return [];
        const members = isObject(value) ? Object.keys(value) : [];
        return [
          { title: `${kind}/${name}.${relation}`, kind, name, relation, schema, value, members },
        ];
      },
    ),
  );
}

const isEmptyObject = (value: object): boolean => Object.keys(value).length === 0;

const { edits, missing } = editsOf(team);

const switched = allFields
  .filter(({ schema }) => schema.timetable)
  .map((field) => ({ ...field, name: team.find(({ kind }) => kind === field.kind)?.name ?? '' }));

const withEdit = ({ partners, ...edit }: Edit) => ({
  desired: Object.entries(partners).reduce(
    (all, [field, value]) => edited(all, edit, [field], value),
    edited(team, edit, edit.path, edit.other),
  ),
  env: edit.variable === undefined ? env : { ...env, [edit.variable]: 'another-secret' },
});

describe('every field', () => {
  test('has another value for an edit', () => {
    expect(missing).toEqual([]);
  });

  test('that is a relation is set in an example', () => {
    const filled = relationsOf('set', 'one', 'map').map(
      ({ kind, relation }) => `${kind}.${relation}`,
    );
    const all = kinds.flatMap(({ name, schema }) =>
      Object.entries(schema.properties).flatMap(([relation, field]) =>
        field.relation ? [`${name}.${relation}`] : [],
      ),
    );
    expect([...new Set(filled)].toSorted()).toEqual(all.toSorted());
  });
});

describe('an edited field', () => {
  test.each(edits.filter(({ schema }) => !schema.immutable && !schema.createOnly))(
    '$title is written, alone and once',
    async (edit) => {
      await using stack = new AsyncDisposableStack();
      const { desired, env: changedEnv } = withEdit(edit);
      const harness = await copy(stack, { env: changedEnv });
      const report = await pass(harness, desired);
      const updates = report.actions.filter(({ verb }) => verb === 'update');
      expect(updates.map(({ id }) => id)).toEqual([`${edit.kind}/${edit.name}:update`]);
      const changedPaths = updates.flatMap(({ changes }) =>
        changes.map(({ path }) => leafOf(edit, path)),
      );
      expect([...new Set(changedPaths)].toSorted()).toEqual(
        [edit.pathText, ...Object.keys(edit.partners)].toSorted(),
      );
      expect(
        report.actions.filter(({ verb }) => !['update', 'stop', 'start'].includes(verb)),
      ).toEqual([]);
      expect(openOf(report)).toEqual([]);
      const nextReport = await pass(harness, desired);
      expect([openOf(nextReport), nextReport.actions]).toEqual([[], []]);
      expect(JSON.stringify(report)).not.toContain('another-secret');
      expect(harness.contract.problems).toEqual([]);
    },
  );

  test.each(edits.filter(({ schema }) => schema.immutable && !schema.createOnly))(
    '$title is fixed at creation and blocked',
    async (edit) => {
      await using stack = new AsyncDisposableStack();
      const harness = await copy(stack);
      const report = await pass(harness, withEdit(edit).desired);
      expect(openOf(report)).toEqual([
        `blocked ${edit.kind}/${edit.name}: ${edit.pathText} is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again`,
      ]);
      expect(report.actions).toEqual([]);
      expect(harness.writes()).toEqual([]);
    },
  );

  test.each(edits.filter(({ schema }) => schema.createOnly))(
    '$title applies only at creation and changes nothing',
    async (edit) => {
      await using stack = new AsyncDisposableStack();
      const harness = await copy(stack);
      const report = await pass(harness, withEdit(edit).desired);
      expect([openOf(report), report.actions, harness.writes()]).toEqual([[], [], []]);
    },
  );

  test.each(switched)('$title is switched, and stays so', async ({ kind, name, path }) => {
    await using stack = new AsyncDisposableStack();
    const harness = await copy(stack);
    const off = edited(team, { kind, name }, path, 'off');
    const on = edited(team, { kind, name }, path, 'running');
    const ids = [];
    for (const desired of [on, off, off, on, on]) ids.push(actionsOf(await pass(harness, desired)));
    const address = `${kind}/${name}`;
    expect(ids.slice(1)).toEqual([[`${address}:stop`], [], [`${address}:start`], []]);
  });
});

/** A list inside a partial object is reported item by item. */
const leafOf = ({ pathText }: Edit, path: string): string =>
  path.startsWith(`${pathText}[`) || path.startsWith(`${pathText}.`) ? pathText : path;

describe('a relation', () => {
  test.each(relationsOf('set', 'one'))(
    '$title loses one member, and gets it again',
    async ({ kind, name, relation, value }) => {
      await using stack = new AsyncDisposableStack();
      const harness = await copy(stack);
      const fewer = Array.isArray(value) ? value.slice(1) : null;
      const without = edited(team, { kind, name }, [relation], fewer);
      const ids = [];
      for (const desired of [without, without, team, team])
        ids.push(actionsOf(await pass(harness, desired)).map(withoutMember));
      const action = (verb: string) => [`${kind}/${name}:${verb}(${relation}/…)`];
      expect(ids).toEqual([action('unassign'), [], action('assign'), []]);
      expect(harness.contract.problems).toEqual([]);
    },
  );

  test.each(
    relationsOf('map').flatMap((filled) =>
      filled.members.flatMap((key) =>
        partsOf(filled, key).map((part) => ({
          ...filled,
          key,
          part,
          title: [`${filled.title}/${key}`, ...part].join('.'),
        })),
      ),
    ),
  )('$title changes alone, and is left as it is if it is not declared', async (filled) => {
    await using stack = new AsyncDisposableStack();
    const { kind, name, relation, schema, key, part } = filled;
    const values = filled.value as Spec;
    const value = values[key];
    const members = schema.additionalProperties as FieldSchema;
    const isSecret = members.writeOnly === true;
    const variable = isObject(value) ? String(value['name']) : '';
    const harness = await copy(
      stack,
      isSecret ? { env: { ...env, [variable]: 'another-secret' } } : {},
    );
    const [field] = part;
    const fieldSchema = field === undefined ? members : (members.properties?.[field] ?? {});
    const changedValue = otherValue(fieldSchema, valueAt(values, [key, ...part]));
    const changed = isSecret
      ? team
      : edited(team, { kind, name }, [relation, key, ...part], changedValue);
    const { [key]: _, ...others } = values;
    const without = edited(team, { kind, name }, [relation], others);
    const reports = [];
    for (const desired of [changed, changed, without]) reports.push(await pass(harness, desired));
    expect(reports.map(actionsOf)).toEqual([
      [`${kind}/${name}:update(${relation}/${key})`],
      [],
      [],
    ]);
    expect(reports.flatMap(openOf)).toEqual([]);
    expect(harness.contract.problems).toEqual([]);
  });

  test('that is a map has an example of each field of its values', () => {
    const of = relationsOf('map').flatMap(({ kind, relation, schema, members, value }) => {
      const { properties = {} } = schema.additionalProperties as FieldSchema;
      const set = members.flatMap((key) => Object.keys((value as Spec)[key] as Spec));
      return Object.keys(properties)
        .filter((field) => !set.includes(field))
        .map((field) => `${kind}.${relation}: no example sets ${field}`);
    });
    expect(of).toEqual([]);
  });
});

/** Returns the fields that a member of a map sets, one by one; for a member with a single value, the member itself. */
function partsOf({ schema, value }: Filled, key: string): readonly (readonly string[])[] {
  const { properties } = schema.additionalProperties as FieldSchema;
  return properties ? Object.keys((value as Spec)[key] as Spec).map((field) => [field]) : [[]];
}

describe('a former name', () => {
  test.each(kinds.filter(isRenamed).map(({ name }) => ({ kind: name })))(
    'of $kind is found, and replaced in one update',
    async ({ kind }) => {
      await using stack = new AsyncDisposableStack();
      const harness = await copy(stack);
      const renamed = team.map((resource) =>
        resource.kind === kind && resource.name === spare
          ? {
              ...resource,
              address: addressOf(kind, 'renamed'),
              name: 'renamed',
              lifecycle: { ...resource.lifecycle, formerName: spare },
            }
          : resource,
      );
      const idOf = (report: Report, name: string) =>
        report.resources.find((found) => found.kind === kind && found.name === name)?.id;
      const before = await pass(harness, team);
      const report = await pass(harness, renamed);
      expect(report.actions.map(({ id, changes, outcome }) => ({ id, changes, outcome }))).toEqual([
        {
          id: `${kind}/renamed:update`,
          changes: expect.arrayContaining([{ path: 'name', desired: 'renamed', observed: spare }]),
          outcome: 'done',
        },
      ]);
      expect(openOf(report)).toEqual([]);
      expect(idOf(report, 'renamed')).toBe(idOf(before, spare));
      const nextReport = await pass(harness, renamed);
      expect([openOf(nextReport), nextReport.actions]).toEqual([[], []]);
      expect(harness.contract.problems).toEqual([]);
    },
  );

  test('is tested for all kinds that the API can rename (FACTS 2)', () => {
    expect(
      kinds
        .filter((kind) => !isRenamed(kind))
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['models', 'publicIps', 'teamMembers', 'teamSecrets']);
  });
});

const withoutMember = (id: string): string => id.replace(/\/[^/]*\)$/, '/…)');

test('a pass over a team in sync requests only lists', async () => {
  await using stack = new AsyncDisposableStack();
  const harness = await copy(stack);
  const report = await pass(harness, team);
  const requested = harness.simulator.requests.map(({ method, path }) => {
    const [, list, , ...rest] = path.split('/');
    return `${method} ${rest.length > 0 ? `${list} … ${rest.join('/')}` : path.slice(1)}`;
  });
  expect(report.actions).toEqual([]);
  expect(report.api.requests).toBe(requested.length);
  const kindsInUse = [
    'container-registries',
    'custom-templates',
    'datasets',
    'deployments',
    'machines',
    'models',
    'private-networks',
    'projects',
    'public-ips',
    'shared-drives',
    'snapshots',
    'startup-scripts',
    'storage-providers',
    'teams … secrets',
    'teams … users',
  ];
  /**
   * Lists that are read only if something in them is declared: a project's lists, public datasets. Users are not among
   * them: the team members are already listed.
   */
  const declaredApart = [
    'auth/session',
    'datasets',
    'datasets … versions',
    'machines … accessors',
    'projects … collaborators',
    'projects … models',
    'projects … secrets',
    'projects … tags',
  ];
  expect(requested.toSorted()).toEqual(
    [...kindsInUse, ...declaredApart].map((list) => `GET ${list}`).toSorted(),
  );
});
