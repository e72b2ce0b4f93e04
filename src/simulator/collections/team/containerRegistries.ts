import type { Call } from '../../http/call.ts';
import { badRequest } from '../../http/refusal.ts';
import { seal } from '../../state/seal.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time, without } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';

interface ContainerRegistry extends Row {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly dtCreated: number;
  readonly dtModified: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly containerRegistries: ContainerRegistry;
  }
}

interface RegistryBody {
  readonly kind?: string;
  readonly name: string;
  readonly namespace: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

const show = (registry: ContainerRegistry) => ({
  ...without(registry, 'password'),
  dtCreated: time(registry.dtCreated),
  dtModified: time(registry.dtModified),
});

const called = ({ world, path }: Call) =>
  find(world.containerRegistries, path.id, 'Container registry');

export default {
  tables: {
    containerRegistries: { seal: (row, digest) => ({ ...row, password: digest(row.password) }) },
  },
  handlers: {
    'containerRegistries-list': (call: Call) =>
      list(call, { table: call.world.containerRegistries, show }),
    'containerRegistries-create': ({ world, body }: Call<RegistryBody>) => {
      checkKind(body);
      return show(
        world.containerRegistries.insert({
          id: world.ids.next('cr'),
          kind: 'other',
          ...body,
          dtCreated: world.now,
          dtModified: world.now,
        }),
      );
    },
    'containerRegistries-get': (call: Call) => show(called(call)),
    'containerRegistries-update': (call: Call<Partial<RegistryBody>>) => {
      const { world, body } = call;
      checkKind({ ...called(call), ...body });
      return show(
        change(world.containerRegistries, called(call), { ...body, dtModified: world.now }),
      );
    },
    'containerRegistries-delete': (call: Call) => {
      const registry = called(call);
      call.world.containerRegistries.delete(registry.id);
      return show(registry);
    },
    /** The login succeeds unless the password is `wrong`. */
    'containerRegistries-testConnection': (call: Call) =>
      seal(call.world.sealKey, called(call).password) === seal(call.world.sealKey, 'wrong')
        ? { success: false, error: 'unauthorized: incorrect username or password' }
        : { success: true },
  },
} satisfies Collection;

/** The API checks the kinds of known services further (FACTS 3.9). Here they need a namespace. */
function checkKind({ kind = 'other', namespace }: RegistryBody): void {
  if (kind !== 'other' && namespace === '')
    throw badRequest(`A ${kind} registry needs a namespace`);
}
