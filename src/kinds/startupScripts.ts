import { Type } from 'typebox';
import type { Api } from '../model/api.ts';
import type { ResourceKind } from '../model/kind/kind.ts';
import { references } from './lib/fields.ts';
import { pathTo } from './lib/path.ts';
import { field, flag, identity, listOf, text } from './lib/read.ts';
import { readId, rest } from './lib/rest.ts';

const schema = Type.Object(
  {
    script: Type.String({
      description: 'The script: bash on Linux, PowerShell on Windows. The API never returns it.',
      minLength: 1,
      writeOnly: true,
    }),
    isRunOnce: Type.Optional(
      Type.Boolean({
        description: 'Whether the script runs only at the first boot after it is assigned.',
        default: false,
      }),
    ),
    isEnabled: Type.Optional(
      Type.Boolean({ description: 'Whether the script runs at all.', updateOnly: true }),
    ),
    assignedMachines: Type.Optional(
      references('machines', {
        description: 'The machines that run the script. A machine has one script at most.',
        exclusive: true,
        relation: 'set',
      }),
    ),
  },
  { additionalProperties: false },
);

const path = '/startup-scripts';

const changeAssignment =
  (verb: 'assign' | 'unassign') => async (api: Api, id: string, machineId: string) => {
    await api.post(pathTo(path, id, verb), { machineId }, readId);
  };

const ids = listOf(identity);

export default {
  name: 'startupScripts',
  singular: 'startup script',
  schema,
  examples: [
    {
      name: 'install-docker',
      spec: {
        script: '#!/bin/sh\napt-get install -y docker.io\n',
        isRunOnce: true,
        isEnabled: true,
        assignedMachines: ['trainer-1'],
      },
    },
  ],
  ...rest(path, (item) => ({
    id: field(item, 'id', identity),
    name: field(item, 'name', text),
    spec: {
      isEnabled: field(item, 'isEnabled', flag),
      isRunOnce: field(item, 'isRunOnce', flag),
      assignedMachines: field(item, 'assignedMachineIds', ids),
    },
  })),
  terraformTypes: ['paperspace_script', 'paperspace_startup_script'],
  relations: {
    assignedMachines: {
      assign: changeAssignment('assign'),
      unassign: changeAssignment('unassign'),
      setByMemberCreate: 'startupScript',
    },
  },
} satisfies ResourceKind;
