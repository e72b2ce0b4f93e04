import { Type } from 'typebox';
import { diskSizes, reference, references, regionField } from '../fields.ts';

const optional = {
  network: reference('privateNetworks', {
    description:
      'The private network, in the same region. A machine cannot go back to the default one.',
    sameRegion: true,
    keepsTarget: true,
  }),
  publicIpType: Type.Enum(['static', 'dynamic', 'none'], {
    description:
      'How it is reached from outside. A new machine gets none unless this says otherwise.',
  }),
  autoSnapshotEnabled: Type.Boolean({
    description: 'Automatic snapshots; needs frequency and count.',
  }),
  autoSnapshotFrequency: Type.Enum(['hourly', 'daily', 'weekly', 'monthly'], {
    description: 'How often a snapshot is taken.',
  }),
  autoSnapshotSaveCount: Type.Integer({
    description: 'How many automatic snapshots are kept.',
    minimum: 1,
    maximum: 9,
  }),
  autoShutdownEnabled: Type.Boolean({
    description: 'Shutdown when idle; needs a timeout.',
    worksAgainst: { state: 'running' },
  }),
  autoShutdownTimeout: Type.Number({
    description: 'Idle hours before shutdown.',
    exclusiveMinimum: 0,
  }),
  autoShutdownForce: Type.Boolean({ description: 'Shut down even with open sessions.' }),
  restorePointEnabled: Type.Boolean({
    description: 'Whether it goes back to the restore point; needs a snapshot.',
    updateOnly: 'settled',
  }),
  restorePointFrequency: Type.Enum(['shutdown'], {
    description: 'When it goes back.',
    updateOnly: 'settled',
  }),
  restorePointSnapshot: reference('snapshots', {
    description: 'The snapshot of this machine that it goes back to.',
    updateOnly: 'settled',
  }),
  takeInitialSnapshot: Type.Boolean({
    description: 'Take a snapshot once it exists.',
    createOnly: true,
  }),
  startupScript: reference('startupScripts', {
    description:
      'The script of the first boot. A script’s assignedMachines says the same for good.',
    createOnly: true,
  }),
  emailPassword: Type.Boolean({
    description: 'E-mail a login password to the creator.',
    createOnly: true,
  }),
  startOnCreate: Type.Boolean({
    description: 'Whether it is started once it exists, where `state` is not set. Default: true.',
    createOnly: true,
  }),
  enableNvlink: Type.Boolean({
    description: 'Connect its GPUs by NVLink.',
    createOnly: true,
  }),
  accessors: references('users', {
    description: 'The team members who may enter it, by e-mail address.',
    relation: 'set',
  }),
  state: Type.Union(
    [
      Type.Enum(['running', 'off']),
      Type.Object(
        {
          running: Type.String({
            description: 'Windows such as Mon-Fri 08:00-19:00; off outside.',
          }),
          timezone: Type.Optional(
            Type.String({ description: 'Such as Europe/Berlin. Default: UTC.' }),
          ),
        },
        { additionalProperties: false },
      ),
    ],
    { description: 'running, off, or a timetable. Not set: left as it is.', timetable: true },
  ),
} as const;

/** What can be declared of a machine. */
export const machineSchema = Type.Object(
  {
    machineType: Type.String({
      description:
        'A label such as A4000 or C5, in any case: it is sent as the API spells it. Changed within a family, while the machine is off.',
      minLength: 1,
      examples: ['A4000', 'A5000'],
      caseInsensitive: true,
      spelledBy: { osTemplates: 'machineTypes' },
      requiresOff: true,
    }),
    template: reference('customTemplates', {
      description: 'The image: { os: LABEL }, { custom: NAME } or { id: ID }. Fixed at creation.',
      immutable: true,
      writeOnly: true,
      sameRegion: true,
      referencesBy: { os: 'osTemplates', custom: 'customTemplates' },
    }),
    region: regionField,
    diskSize: Type.Enum([...diskSizes], {
      description: 'Gigabytes. It only grows, while the machine is off.',
      requiresOff: true,
      growOnly: true,
    }),
    ...Type.Partial(Type.Object(optional)).properties,
  },
  { additionalProperties: false },
);
