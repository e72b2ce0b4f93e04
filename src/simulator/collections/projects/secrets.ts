import type { Call } from '../../http/call.ts';
import { conflict } from '../../http/refusal.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { requireTeam } from '../team/teamMembers.ts';
import { calledProject, projectScope } from './projects.ts';

/** A secret of a project or of the team. Its id combines the scope and the name. */
interface Secret extends Row {
  readonly scope: string;
  readonly name: string;
  /** No answer shows it. */
  readonly value: string;
  readonly dtCreated: number;
  readonly dtModified: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly secrets: Secret;
  }
}

const teamScope = (teamId: string) => `teams/${teamId}`;

const showWritten = ({ name, dtCreated, dtModified }: Secret) => ({
  name,
  dtCreated: time(dtCreated),
  dtModified: time(dtModified),
});

/** Adds whether a deployment uses the secret, which only reads show (FACTS 3.11). */
const show = (world: World) => (secret: Secret) => ({
  ...showWritten(secret),
  hasDeploymentAttached: isUsed(world, secret),
});

function isUsed(world: World, { scope, name }: Secret): boolean {
  const uses = (projectId: string) =>
    projectScope(projectId) === scope || scope.startsWith('teams/');
  return world.deployments
    .filter(({ projectId, dtDeleted }) => dtDeleted === null && uses(projectId))
    .some(({ latestSpecId }) =>
      JSON.stringify(world.deploymentSpecs.get(latestSpecId)?.data).includes(`"secret:${name}"`),
    );
}

interface CreateBody {
  readonly name: string;
  readonly value: string;
}

/** Returns the five operations on the secrets of a scope. `scopeOf` throws if the scope does not exist. */
const handlers = (scopeOf: (call: Call) => string) => {
  const called = (call: Call) =>
    find(call.world.secrets, `${scopeOf(call)}/${call.path.name}`, 'Secret');
  return {
    list: (call: Call) =>
      list(call, { table: call.world.secrets, show: show(call.world), group: scopeOf(call) }),
    create: (call: Call<CreateBody>) => {
      const { world, body } = call;
      const scope = scopeOf(call);
      const id = `${scope}/${body.name}`;
      if (world.secrets.get(id)) throw conflict(`Secret ${body.name} exists already`);
      const times = { dtCreated: world.now, dtModified: world.now };
      return showWritten(world.secrets.insert({ id, scope, ...body, ...times }));
    },
    get: (call: Call) => show(call.world)(called(call)),
    update: (call: Call<{ readonly value: string }>) => {
      const { world, body } = call;
      const changes = { value: body.value, dtModified: world.now };
      return showWritten(change(world.secrets, called(call), changes));
    },
    delete: (call: Call) => {
      const { id, name } = called(call);
      call.world.secrets.delete(id);
      return { name };
    },
  };
};

const ofProject = handlers((call) => projectScope(calledProject(call).id));

const ofTeam = handlers(({ world, path }) => {
  requireTeam(world, path.id);
  return teamScope(world.team.id);
});

export default {
  tables: {
    secrets: {
      groupOf: (secret) => secret.scope,
      seal: (row, digest) => ({ ...row, value: digest(row.value) }),
    },
  },
  handlers: {
    'projectSecrets-list': ofProject.list,
    'projectSecrets-create': ofProject.create,
    'projectSecrets-getProjectSecret': ofProject.get,
    'projectSecrets-update': ofProject.update,
    'projectSecrets-delete': ofProject.delete,
    'teamSecrets-list': ofTeam.list,
    'teamSecrets-create': ofTeam.create,
    'teamSecrets-get': ofTeam.get,
    'teamSecrets-update': ofTeam.update,
    'teamSecrets-delete': ofTeam.delete,
  },
} satisfies Collection;
