import type { Desired, Lifecycle, Spec } from '../../src/model/resource.ts';
import type { FaultKind } from '../../src/simulator/faults/faults.ts';
import { declared, live, text, want } from '../support/team.ts';
import { randomOf, type Random } from './random.ts';
import type { Disturbance, Meddling, Scenario, Version } from './scenario.ts';

/** The time during which disturbances happen, in milliseconds. */
export const unrestMs = 20 * 60_000;

/** Generates the scenario of a seed. Pure. */
export function generate(seed: number): Scenario {
  const random = randomOf(seed);
  const first = version(random, undefined);
  const versions = [first];
  for (let more = random.below(3); more > 0; more -= 1)
    versions.push(version(random, versions.at(-1)));
  const adaptive = random.chance(0.3);
  const edits = configEdits(versions, random);
  return {
    seed,
    versions,
    disturbances: [
      ...edits,
      ...disturbances(
        edits.map(({ at }) => at),
        random,
      ),
    ].toSorted((a, b) => a.at - b.at),
    simulator: {
      secondScript: random.pick(['refuse', 'replace']),
      createDone: random.pick(['before-boot', 'after-boot']),
      regions: random.pick(['labels', 'codes']),
      bytes: random.pick(['strings', 'numbers']),
      ...(random.chance(0.3) ? { rateLimit: { perSecond: 5 + random.below(20), burst: 10 } } : {}),
    },
    limits: {
      updates: { percent: 100 },
      deletions: random.chance(0.3) ? { count: random.below(3) } : { count: 50 },
      deletionsPerDay: random.chance(0.3) ? random.below(4) : 50,
      hourlyCost: null,
      disruption: {},
    },
    throttle: {
      requestsPerSecond: adaptive ? 10 : 20,
      burst: 10,
      concurrency: random.pick([1, 2, 8]),
      adaptive,
      ...(adaptive && { ceiling: 50 }),
    },
    latency: random.pick([0, 50, 400]),
  };
}

/** Generates the scenario of a seed with replicas. Pure. */
export function generateReplicas(seed: number): Scenario {
  const scenario = generate(seed);
  const random = randomOf(seed ^ 0x1ea5e);
  const edits = scenario.disturbances.flatMap((one) => (one.do === 'config' ? [one.at] : []));
  const others = scenario.disturbances
    .filter((one) => one.do !== 'rival')
    .map((one): Disturbance => (one.do === 'kill' ? { ...one, loses: false } : one));
  const own = Array.from({ length: 1 + random.below(5) }, () =>
    replicaDisturbance(when(edits, random), random),
  );
  return {
    ...scenario,
    replicas: 2 + random.below(2),
    disturbances: [...others, ...own.flat()].toSorted((a, b) => a.at - b.at),
  };
}

function replicaDisturbance(at: number, random: Random): readonly Disturbance[] {
  const sort = random();
  if (sort < 0.5)
    return [
      {
        at,
        do: 'freeze',
        milliseconds: random.pick([3000, 11_000, 16_000, 40_000, 120_000]),
        after: random.below(10),
      },
    ];
  if (sort < 0.75)
    return [{ at, do: 'cut', milliseconds: random.pick([2000, 9000, 14_000, 40_000]) }];
  // A request that is on its way while its sender freezes or dies arrives late.
  return [
    { at, do: 'slow', by: random.pick([3000, 12_000, 25_000]) },
    { at: at + 2000 + random.below(4000), do: 'freeze', milliseconds: 60_000, after: 0 },
    { at: at + 60_000, do: 'slow', by: 0 },
  ];
}

const someOf = <Value>(values: readonly Value[], random: Random, share: number): Value[] =>
  values.filter(() => random.chance(share));

const machineNames = ['m1', 'm2', 'm3', 'm4'] as const;

/** A valid config. It still declares most of what the previous one declared. */
function version(random: Random, before: Version | undefined): Version {
  const networks = someOf(['n1', 'n2'], random, 0.7);
  const machines = someOf(machineNames, random, 0.7);
  const known = new Set(
    before?.resources.filter(({ kind }) => kind === 'machines').map(({ name }) => name),
  );
  const gone = [...known].filter((name) => !machines.some((one) => one === name));
  const resources = [
    ...networks.map((name) => want('privateNetworks', name, { region: 'ny2' })),
    ...scripts(machines, random),
    ...machines.map((name) => machine(name, networks, random)),
    ...relatives(machines, networks, random),
    ...(random.chance(0.4) ? platform(random) : []),
  ];
  const declaredNow = new Set(resources.map(({ address }) => address));
  const othersGone = (before?.resources ?? []).filter(
    ({ kind, address }) => deletable.has(kind) && !declaredNow.has(address),
  );
  return {
    resources,
    absent: [
      ...someOf(gone, random, 0.5).map((name) => ['machines', name] as const),
      ...someOf(othersGone, random, 0.5).map(({ kind, name }) => [kind, name] as const),
    ],
  };
}

/** The kinds besides machines whose resources `absent` may name. */
const deletable: ReadonlySet<string> = new Set([
  'privateNetworks',
  'startupScripts',
  'sharedDrives',
  'projects',
  'teamSecrets',
  'containerRegistries',
  'storageProviders',
  'datasets',
  'models',
  'deployments',
]);

const secret = (name: string) => ({ from: 'env', name }) as const;

/**
 * Everything except machines and their relatives: projects with their relations, data, models, deployments, members.
 */
function platform(random: Random): readonly Desired[] {
  const models = someOf(['model1', 'model2'], random, 0.6);
  const projects = someOf(['project1', 'project2'], random, 0.7);
  const [first] = projects;
  return [
    ...someOf(['TOKEN'], random, 0.5).map((name) =>
      want('teamSecrets', name, { value: secret(random.pick(['A', 'B'])) }),
    ),
    ...someOf(['registry'], random, 0.5).map((name) =>
      want('containerRegistries', name, {
        namespace: random.pick(['one', 'two']),
        url: 'https://registry.example.com',
        username: 'holdfast',
        password: secret('A'),
      }),
    ),
    ...someOf(['lake'], random, 0.5).map((name) =>
      want('storageProviders', name, {
        storageProviderType: text('s3'),
        s3Config: {
          bucket: random.pick(['one', 'two']),
          accessKey: 'k',
          secretAccessKey: secret('A'),
        },
      }),
    ),
    ...models.map((name) => want('models', name, { isPublic: false })),
    ...someOf(['data'], random, 0.6).map((name) =>
      want('datasets', name, {
        description: random.pick(['first', 'second']),
        versions: Object.fromEntries(
          someOf(['v1', 'v2'], random, 0.6).map((tag) => [tag, { message: tag }]),
        ),
      }),
    ),
    ...projects.map((name) =>
      want('projects', name, {
        tags: someOf(['a', 'b'], random, 0.5),
        secrets: Object.fromEntries(
          someOf(['KEY'], random, 0.5).map((key) => [key, secret(random.pick(['A', 'B']))]),
        ),
        ...(name === first ? { models: models.map((model) => declared('models', model)) } : {}),
      }),
    ),
    ...(first !== undefined && random.chance(0.5)
      ? [
          want('deployments', 'serving', {
            project: declared('projects', first),
            config: {
              apiVersion: 'v1',
              image: random.pick(['app:1', 'app:2']),
              resources: { machineType: 'C5', ports: [80] },
            },
          }),
        ]
      : []),
    ...(random.chance(0.4)
      ? [want('teamMembers', 'linus@example.com', { role: random.pick(['admin', 'member']) })]
      : []),
  ];
}

/** Startup scripts with their machines. A machine is assigned to one script at most. */
function scripts(machines: readonly string[], random: Random): readonly Desired[] {
  const owners = machines.map((name) => [name, random.below(3)] as const);
  return someOf(['s1', 's2'], random, 0.8).map((name, index) =>
    want('startupScripts', name, {
      script: text(random.pick(['echo one', 'echo two'])),
      isRunOnce: random.chance(0.5),
      assignedMachines: owners
        .filter(([, owner]) => owner === index)
        .map(([machineName]) => declared('machines', machineName)),
    }),
  );
}

function machine(name: string, networks: readonly string[], random: Random): Desired {
  const [network] = networks;
  const state = random.pick([undefined, 'running', 'off'] as const);
  const spec: Spec = {
    machineType: random.chance(0.8) ? 'C5' : 'C7',
    template: live('osTemplates', random.chance(0.9) ? 'Ubuntu 22.04' : 'Ubuntu 20.04'),
    region: 'ny2',
    diskSize: random.chance(0.8) ? 50 : 100,
    ...(network !== undefined && random.chance(0.4)
      ? { network: declared('privateNetworks', network) }
      : {}),
    ...(random.chance(0.5)
      ? {
          ...(random.chance(0.6) ? { autoShutdownEnabled: true } : {}),
          autoShutdownTimeout: 1 + random.below(8),
        }
      : {}),
    ...(state === undefined ? {} : { state }),
  };
  return want('machines', name, spec, lifecycle(random));
}

const lifecycle = (random: Random): Partial<Lifecycle> => ({
  allowStop: random.chance(0.5),
  ...(random.chance(0.3) ? { onImmutableChange: 'replace' } : {}),
  ...(random.chance(0.2) ? { preventDeletion: true, onImmutableChange: 'block' } : {}),
});

/** Addresses, drives, snapshots, and templates, which cost money too. */
function relatives(
  machines: readonly string[],
  networks: readonly string[],
  random: Random,
): readonly Desired[] {
  const [first, second] = machines;
  return [
    ...someOf(['ip1', 'ip2'], random, 0.4).map((name, index) => {
      const holder = machines[index];
      return want('publicIps', name, {
        region: 'ny2',
        ...(holder !== undefined && random.chance(0.6)
          ? { machine: declared('machines', holder) }
          : {}),
      });
    }),
    ...(networks[0] !== undefined && random.chance(0.4)
      ? [
          want('sharedDrives', 'd1', {
            size: 250,
            region: 'ny2',
            network: declared('privateNetworks', networks[0]),
          }),
        ]
      : []),
    ...(first !== undefined && random.chance(0.3)
      ? [want('snapshots', 'p1', { machine: declared('machines', first) })]
      : []),
    ...(second !== undefined && random.chance(0.3)
      ? [want('customTemplates', 't1', { machine: declared('machines', second) })]
      : []),
  ];
}

/** The edits of the config. Some follow each other so fast that the first is still being carried out. */
function configEdits(versions: readonly Version[], random: Random): readonly Disturbance[] {
  const first = Math.floor(random() * unrestMs);
  return versions
    .slice(1)
    .map(() => Math.floor(random.chance(0.4) ? first + random() * 60_000 : random() * unrestMs))
    .toSorted((a, b) => a - b)
    .map((at, index) => ({ at, do: 'config' as const, version: index + 1 }));
}

function disturbances(edits: readonly number[], random: Random): readonly Disturbance[] {
  return Array.from({ length: random.below(9) }, () =>
    disturbance(when(edits, random), random),
  ).flat();
}

/** The time of a disturbance: mostly while there is work, at the start and after a config change. */
function when(edits: readonly number[], random: Random): number {
  const work = [0, ...edits];
  const start = random.chance(0.7) ? (work[random.below(work.length)] ?? 0) : random() * unrestMs;
  return Math.floor(start + random() * 2000);
}

const meddlings: readonly [Meddling, ...Meddling[]] = [
  'delete a machine',
  'rename a machine',
  'stop a machine',
  'start a machine',
  'change a script',
  'take a script off',
  'delete a network',
  'make a namesake',
  'free an address',
];

function disturbance(at: number, random: Random): readonly Disturbance[] {
  const sort = random();
  if (sort < 0.4) return [{ at, do: 'fault', fault: fault(random) }];
  if (sort < 0.55) return lostAnswer(at, random);
  if (sort < 0.75)
    return [
      {
        at,
        do: 'kill',
        after: random.below(12),
        steps: random.pick(['requests', 'store writes']),
        when: random.pick(['before', 'after']),
        down: random.pick([10, 1000, 60_000, 300_000]),
        loses: random.chance(0.15),
      },
      // The next process reads an old page first.
      ...(random.chance(0.3)
        ? [{ at, do: 'stale page', pages: 1 + random.below(2) } as const]
        : []),
    ];
  if (sort < 0.86)
    return [{ at, do: 'meddle', how: random.pick(meddlings), pick: random.below(100) }];
  if (sort < 0.89) return [{ at, do: 'stock', of: 'C5@ny2', left: random.below(2) }];
  if (sort < 0.92) return [{ at, do: 'clock', by: random.pick([-3_600_000, -5000, 10_000]) }];
  if (sort < 0.96) return [{ at, do: 'stale page', pages: 1 + random.below(4) }];
  return [{ at, do: 'rival' }];
}

/** A create that succeeds while its response is lost and lists do not show it for a while. */
function lostAnswer(at: number, random: Random): readonly Disturbance[] {
  const path = random.pick([
    '/machines',
    '/machines',
    '/private-networks',
    '/public-ips',
    '/shared-drives',
    '/startup-scripts',
    '/snapshots',
    '/custom-templates',
    '/projects',
    '/models',
    '/datasets',
    '/storage-providers',
    '/container-registries',
    '/deployments',
  ]);
  const kind = random.pick(['reset-after', 'hang-after', 'null-body', 'truncate'] as const);
  if (random.chance(0.25))
    return [{ at, do: 'fault', fault: { method: 'DELETE', kind, times: 3 } }];
  const listLag = path === '/machines' ? 900_000 : random.pick([30_000, 60_000, 110_000]);
  return [
    ...(random.chance(0.4) ? longPauses(at, path, random) : []),
    { at, do: 'fault', fault: { method: 'POST', path, kind, after: random.below(2) } },
    { at, do: 'fault', fault: { method: 'GET', path, kind: { listLag }, times: 40 } },
  ];
}

/** Delays that the API requests before it accepts a create: as long as lists may lag, and longer. */
const longPauses = (at: number, path: string, random: Random): readonly Disturbance[] =>
  Array.from({ length: 1 + random.below(3) }, () => ({
    at,
    do: 'fault' as const,
    fault: {
      method: 'POST',
      path,
      kind: { status: 429, retryAfter: random.pick([25, 70, 130, 400]) },
    },
  }));

const kinds: readonly [FaultKind, ...FaultKind[]] = [
  { status: 500 },
  { status: 503 },
  { status: 504 },
  { status: 429 },
  { status: 429, retryAfter: 7 },
  { status: 400 },
  { status: 409 },
  { status: 404 },
  'reset-before',
  'reset-after',
  'reset-after',
  'hang',
  'hang-after',
  'hang-after',
  'null-body',
  'html',
  'truncate',
  { listLag: 30_000 },
  { listLag: 600_000 },
  { eventError: 'It did not work.' },
  { eventError: null },
];

function fault(random: Random): Extract<Disturbance, { do: 'fault' }>['fault'] {
  const kind = random.pick(kinds);
  const isList = typeof kind === 'object' && 'listLag' in kind;
  const isJob = typeof kind === 'object' && 'eventError' in kind;
  // A list never answers 404: that would mean that there is no such collection.
  const isMissing = typeof kind === 'object' && 'status' in kind && kind.status === 404;
  const method = isList
    ? 'GET'
    : isJob || isMissing
      ? 'POST'
      : random.pick(['POST', 'POST', 'GET', 'PUT', 'PATCH', 'DELETE']);
  const path = random.pick([
    '/machines',
    '/machines',
    '/private-networks',
    '/startup-scripts',
    '/public-ips',
    '**',
    '/machine-events',
    '/snapshots',
    '/custom-templates',
    '/projects',
    '/datasets',
    '/deployments',
  ]);
  // Lists of resources without events lag by less than `visibility`: beyond it, there is no evidence of a create.
  const lags = isList ? { path: kind.listLag > 60_000 ? '/machines' : path } : { path };
  return {
    kind,
    method,
    ...(lags.path === '**' ? {} : lags),
    after: random.below(3),
    times: isList ? 3 + random.below(20) : 1 + random.below(4),
  };
}
