import { describe, expect, test } from 'vitest';
import { candidatesOf, kindsIn, liveKeysOf } from '../../../src/import/terraform/candidates.ts';
import { handoverOf } from '../../../src/import/terraform/handover.ts';
import { handoverLines } from '../../../src/import/terraform/handoverLines.ts';
import type { Instance, TerraformState } from '../../../src/import/terraform/parseState.ts';
import type { Listing } from '../../../src/model/pass/snapshot.ts';
import type { Observed } from '../../../src/model/resource.ts';
import { catalog } from '../../support/team.ts';

/** An instance, written as `ADDRESS=ID`. */
const instance = (text: string): Instance => {
  const [address = '', id] = text.split('=');
  return {
    address,
    resource: address.replace(/\[.*?\]/g, ''),
    type: /paperspace_\w+/.exec(address)?.[0] ?? '',
    id: id?.replace('~', ''),
    isDeposed: id?.startsWith('~') ?? false,
  };
};

const stateOf = (instances: readonly string[], otherResources = 0): TerraformState => ({
  instances: instances.map(instance),
  otherResources,
});

/** A listing of machines, written as `NAME=ID`. */
const listing = (texts: readonly string[], error?: string): Listing => {
  const items = texts.map((text) => {
    const [name = '', id = ''] = text.split('=');
    return { kind: 'machines', id, name, spec: {}, ready: true } as Observed;
  });
  const all = { kind: 'machines', items, byId: new Map(items.map((item) => [item.id, item])) };
  return error === undefined
    ? { ...all, complete: true, named: () => [] }
    : { ...all, complete: false, error };
};

interface Row {
  readonly state: readonly string[];
  readonly skip?: readonly string[];
  readonly live?: readonly string[];
  readonly error?: string;
  readonly declared?: Readonly<Record<string, string>>;
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** The handover of a state, if the import adds all live machines that are not left out. */
function handover({ state, skip = [], live = [], error, declared = {}, leftOut = {} }: Row) {
  const machines = listing(live, error);
  const entries = machines.items.filter(({ id }) => !(id in leftOut));
  return handoverOf(
    candidatesOf(stateOf(state), skip, catalog.kinds),
    {
      catalog,
      snapshot: new Map([['machines', machines]]),
      declared: new Map(Object.entries(declared)),
    },
    {
      entries: entries.map(({ id, name }) => ({
        kind: 'machines',
        id,
        name,
        spec: {},
        kept: [],
        withheld: [],
        protected: false,
      })),
      leftOut: Object.entries(leftOut).map(([id, because]) => ({
        kind: 'machines',
        id,
        name: id,
        because,
      })),
    },
  );
}

describe('candidatesOf', () => {
  const state = stateOf([
    'paperspace_machine.a=ps1',
    'paperspace_network.b=n1',
    'paperspace_script.c=s1',
    'paperspace_startup_script.d=s2',
    'paperspace_autoscaling_group.e=g1',
    'paperspace_machine.f',
  ]);

  test('assigns the types of both known providers to kinds, and leaves the others with Terraform', () => {
    const candidates = candidatesOf(state, ['paperspace_script.c'], catalog.kinds);
    expect(candidates.wanted.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
      'machines paperspace_machine.a',
      'privateNetworks paperspace_network.b',
      'startupScripts paperspace_startup_script.d',
      'machines paperspace_machine.f',
    ]);
    expect(candidates.skipped.map(({ address }) => address)).toEqual(['paperspace_script.c']);
    expect(candidates.unsupported.map(({ address }) => address)).toEqual([
      'paperspace_autoscaling_group.e',
    ]);
    expect(kindsIn(candidates, catalog.kinds).toSorted()).toEqual([
      'machines',
      'privateNetworks',
      'startupScripts',
    ]);
    expect([...liveKeysOf(candidates)]).toEqual([
      'machines/ps1',
      'privateNetworks/n1',
      'startupScripts/s2',
    ]);
  });

  test('a type belongs to one kind only', () => {
    const types = [...catalog.kinds.values()].flatMap(({ terraformTypes = [] }) => terraformTypes);
    expect(types).toHaveLength(new Set(types).size);
  });

  test.each([
    {
      because: 'an address must be complete',
      skip: ['paperspace_machine'],
      says: '--skip paperspace_machine: the state has no such Paperspace resource',
    },
    { because: 'text is escaped', skip: ['a\u001b'], says: String.raw`--skip a\u001b: the state` },
  ])('refuses an unknown address to skip: $because', ({ skip, says }) => {
    expect(() => candidatesOf(state, skip, catalog.kinds)).toThrow(says);
  });

  test('refuses a state without Paperspace resources, and counts the others', () => {
    expect(() => candidatesOf(stateOf([], 3), [], catalog.kinds)).toThrow('3 resources of others');
  });
});

describe('handoverOf', () => {
  test.each<Row & { readonly because: string; readonly says: string }>([
    {
      because: 'a live resource that the import added is released',
      state: ['paperspace_machine.w=ps1'],
      live: ['worker=ps1'],
      says: 'paperspace_machine.w is machines/worker; removed paperspace_machine.w',
    },
    {
      because: 'one that was declared under its name is released too',
      state: ['paperspace_machine.w=ps1'],
      live: ['worker=ps1'],
      declared: { 'machines/ps1': 'worker' },
      says: 'paperspace_machine.w was machines/worker; removed paperspace_machine.w',
    },
    {
      because: 'one block removes all instances',
      state: ['paperspace_machine.w[0]=ps1', 'paperspace_machine.w[1]=ps2'],
      live: ['a=ps1', 'b=ps2'],
      says: 'paperspace_machine.w[0] is machines/a, paperspace_machine.w[1] is machines/b; removed paperspace_machine.w',
    },
    {
      because: 'no block may remove an instance that was not imported',
      state: ['paperspace_machine.w[0]=ps1', 'paperspace_machine.w[1]=gone'],
      skip: ['paperspace_machine.w[1]'],
      live: ['a=ps1'],
      says: 'paperspace_machine.w[0] is machines/a; partly paperspace_machine.w',
    },
    {
      because:
        'instances of modules with keys share one block, which must not remove a skipped one',
      state: ['module.m["x"].paperspace_machine.w=ps1', 'module.m["y"].paperspace_machine.w=ps2'],
      skip: ['module.m["y"].paperspace_machine.w'],
      live: ['a=ps1', 'b=ps2'],
      says: 'module.m["x"].paperspace_machine.w is machines/a; partly module.m.paperspace_machine.w',
    },
  ])('$because', ({ says, ...row }) => {
    const { released, removed, partly } = handover(row);
    const taken = released.map(
      ({ address, kind, name, wasDeclared }) =>
        `${address} ${wasDeclared ? 'was' : 'is'} ${kind}/${name}`,
    );
    const blocks = [
      ...removed.map((resource) => `removed ${resource}`),
      ...partly.map((resource) => `partly ${resource}`),
    ];
    expect([taken.join(', '), ...blocks].join('; ')).toBe(says);
  });

  test.each<Row & { readonly because: string; readonly says: readonly string[] }>([
    {
      because: 'a resource that does not exist cannot be declared',
      state: ['paperspace_machine.w=ps1', 'paperspace_machine.x=ps2'],
      live: ['a=ps2'],
      says: ['paperspace_machine.w: the team has no machine with the id ps1'],
    },
    {
      because: 'an incomplete list proves nothing, even if it has the id',
      state: ['paperspace_machine.w=ps1'],
      live: ['a=ps1'],
      error: 'GET /machines failed',
      says: ['paperspace_machine.w: the list of machines is incomplete: GET /machines failed'],
    },
    {
      because: 'two resources with one id are one too many',
      state: ['paperspace_machine.w=ps1', 'paperspace_machine.x=ps1'],
      live: ['a=ps1'],
      says: [
        'paperspace_machine.w: several resources of the state have the id ps1: paperspace_machine.w, paperspace_machine.x',
        'paperspace_machine.x: several resources of the state have the id ps1: paperspace_machine.w, paperspace_machine.x',
      ],
    },
    {
      because: 'a skipped resource with the same id would stay with Terraform',
      state: ['paperspace_machine.w=ps1', 'paperspace_machine.x=ps1'],
      skip: ['paperspace_machine.x'],
      live: ['a=ps1'],
      says: [
        'paperspace_machine.w: several resources of the state have the id ps1: paperspace_machine.w, paperspace_machine.x',
      ],
    },
    {
      because: 'Terraform deletes a deposed object, so it must do so first',
      state: ['paperspace_machine.w=~ps1'],
      live: ['a=ps1'],
      says: [
        'paperspace_machine.w: it is a deposed object, which Terraform has still to delete; run terraform apply first',
      ],
    },
    {
      because: 'without an id nothing is proved',
      state: ['paperspace_machine.w'],
      says: ['paperspace_machine.w: the state has no id of it'],
    },
    {
      because: 'a declaration under another name would rename it',
      state: ['paperspace_machine.w=ps1'],
      live: ['a=ps1'],
      declared: { 'machines/ps1': 'b' },
      says: ['paperspace_machine.w: it is declared as machines/b, but its live name is a'],
    },
    {
      because: 'the reason of the import is the reason',
      state: ['paperspace_machine.w=ps1'],
      live: ['a=ps1'],
      leftOut: { ps1: 'it is starting; import it when it is ready' },
      says: ['paperspace_machine.w: it is starting; import it when it is ready'],
    },
  ])('refuses: $because', ({ says, ...row }) => {
    expect(() => handover(row)).toThrow(
      [
        'nothing was imported, because of these resources of the state:',
        ...says.map((line) => `  ${line}`),
        'correct them, or leave them with Terraform by --skip ADDRESS (repeatable)',
      ].join('\n'),
    );
  });
});

describe('handoverLines', () => {
  test('tell the steps in an order in which Terraform deletes and creates nothing', () => {
    const lines = handoverLines({
      ...handover({
        state: ['paperspace_machine.w["it\'s"]=ps1', 'paperspace_machine.x=ps2'],
        live: ['a=ps1', 'b=ps2'],
      }),
      unsupported: [{ address: 'paperspace_x.y', type: 'paperspace_x' }],
      otherResources: 14,
    });
    expect(lines.join('\n'))
      .toBe(`Not supported, and left with Terraform; if it is to forget them too, add removed blocks for them yourself:
  paperspace_x.y: Holdfast has no kind for paperspace_x
14 resources of other providers: left alone.

Terraform still manages these resources too. To let it go of them without deleting anything:
1. Run holdfast plan. It must show no change.
2. Terraform 1.7 or later: replace the resource blocks by these blocks, and remove all references to them.
   terraform plan must show nothing to destroy. Then run terraform apply, and delete these blocks.

removed {
  from = paperspace_machine.w
  lifecycle {
    destroy = false
  }
}

removed {
  from = paperspace_machine.x
  lifecycle {
    destroy = false
  }
}

   Before Terraform 1.7, instead of step 2: run these commands, and delete the resource blocks before the next
   terraform apply, which would create the resources again.

terraform state rm 'paperspace_machine.w["it'\\''s"]'
terraform state rm 'paperspace_machine.x'`);
  });

  test('use the commands for resources of which some instances stay', () => {
    const partly = { state: ['paperspace_machine.w[0]=ps1', 'paperspace_machine.w[1]=gone'] };
    const row = { ...partly, skip: ['paperspace_machine.w[1]'], live: ['a=ps1'] };
    const text = handoverLines(handover(row)).join('\n');
    expect(text).not.toContain('removed {');
    expect(text).toContain('2. Run these commands, and change count or for_each of the resources');
    expect(text).toContain("terraform state rm 'paperspace_machine.w[0]'");
    expect(text).not.toContain("w[1]'");
  });

  test('nothing is to be done if nothing was imported', () => {
    const lines = handoverLines(handover({ state: ['paperspace_x.y=1'] }));
    expect(lines.join('\n')).not.toContain('terraform state rm');
  });
});
