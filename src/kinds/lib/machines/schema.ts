import { Type } from 'typebox';
import { diskSizes, reference, references, regionField } from '../fields.ts';

const optional = {
  network: reference('privateNetworks', {
    description:
      'The private network, in the same region. A machine cannot go back to the default one.',
    sameRegion: true,
    blocksTargetDeletion: true,
  }),
  publicIpType: Type.Enum(['static', 'dynamic', 'none'], {
    description: 'The type of its public IP address. Default for a new machine: none.',
  }),
  autoSnapshotEnabled: Type.Boolean({
    description: 'Whether snapshots are taken automatically; needs a frequency and a count.',
  }),
  autoSnapshotFrequency: Type.Enum(['hourly', 'daily', 'weekly', 'monthly'], {
    description: 'How often a snapshot is taken.',
  }),
  autoSnapshotSaveCount: Type.Integer({
    description: 'The number of automatic snapshots that are kept.',
    minimum: 1,
    maximum: 9,
  }),
  autoShutdownEnabled: Type.Boolean({
    description: 'Whether the machine shuts down when idle; needs a timeout.',
    conflictsWith: { state: 'running' },
  }),
  autoShutdownTimeout: Type.Number({
    description: 'Idle hours before the shutdown.',
    exclusiveMinimum: 0,
  }),
  autoShutdownForce: Type.Boolean({
    description: 'Whether the machine shuts down even with open sessions.',
  }),
  restorePointEnabled: Type.Boolean({
    description: 'Whether the machine returns to its restore point; needs a snapshot.',
    updateOnly: 'afterReady',
  }),
  restorePointFrequency: Type.Enum(['shutdown'], {
    description: 'When the machine returns to its restore point.',
    updateOnly: 'afterReady',
  }),
  restorePointSnapshot: reference('snapshots', {
    description: 'The snapshot of this machine that serves as the restore point.',
    updateOnly: 'afterReady',
  }),
  takeInitialSnapshot: Type.Boolean({
    description: 'Whether a snapshot is taken after the create.',
    createOnly: true,
  }),
  startupScript: reference('startupScripts', {
    description:
      'The script of the first boot. To assign a script permanently, use its assignedMachines.',
    createOnly: true,
  }),
  emailPassword: Type.Boolean({
    description: 'Whether the creator receives a login password by e-mail.',
    createOnly: true,
  }),
  startOnCreate: Type.Boolean({
    description:
      'Whether the machine starts after the create, if `state` is not set. Default: true.',
    createOnly: true,
  }),
  enableNvlink: Type.Boolean({
    description: 'Whether NVLink connects the GPUs.',
    createOnly: true,
  }),
  accessors: references('users', {
    description: 'The e-mail addresses of the team members who have access.',
    relation: 'set',
  }),
  state: Type.Union(
    [
      Type.Enum(['running', 'off']),
      Type.Object(
        {
          running: Type.String({
            description: 'Windows such as Mon-Fri 08:00-19:00; off at other times.',
          }),
          timezone: Type.Optional(
            Type.String({ description: 'A time zone such as Europe/Berlin. Default: UTC.' }),
          ),
          except: Type.Optional(
            Type.Array(Type.String(), {
              description:
                'Days on which it is off, such as 2027-05-01 or 2026-12-24/2027-01-02 (both included), in the time zone.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ],
    { description: 'running, off, or a timetable. Not set: left as it is.', timetable: true },
  ),
} as const;

/** The schema of a machine's spec. */
export const machineSchema = Type.Object(
  {
    machineType: Type.String({
      description:
        'A label such as A4000 or C5, in upper or lower case. It can change within a family, while the machine is off.',
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
      description: 'The size in GB. It can only grow, while the machine is off.',
      requiresOff: true,
      growOnly: true,
    }),
    ...Type.Partial(Type.Object(optional)).properties,
  },
  { additionalProperties: false },
);
