import type { Call } from '../../http/call.ts';
import { time, timeOrNull } from '../../world/show.ts';
import type { Team, World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';

export default {
  handlers: {
    'auth-session': ({ world }: Call) => ({ user: showUser(world), team: showTeam(world) }),
  },
} satisfies Collection;

const showTeam = ({ team, maxMachines }: World) => ({
  namespace: team.namespace,
  isPrivate: true,
  maxMachines,
  id: team.id,
  analyticsId: 1,
});

function showUser(world: World) {
  const user = world.members.get(world.team.userId);
  return {
    firstName: user?.firstName ?? null,
    lastName: user?.lastName ?? null,
    email: user?.email ?? '',
    dtCreated: time(world.team.dtCreated),
    dtConfirmed: timeOrNull(user?.dtConfirmed ?? null),
    teamMemberships: [
      {
        team: teamSummary(world.team),
        isOwner: user?.isOwner ?? false,
        isAdmin: user?.isAdmin ?? false,
      },
    ],
    isPhoneVerified: true,
    isPasswordAuthEnabled: true,
    isQrCodeBasedMfaEnabled: false,
    isQrCodeBasedMfaConfirmed: false,
    preferences: null,
    id: world.team.userId,
    analyticsId: 1,
    metadata: { graphcoreTermsAccepted: false },
  };
}

const teamSummary = ({ name, id, namespace, dtCreated }: Team) => ({
  name,
  id,
  namespace,
  isUserTeam: false,
  dtCreated: time(dtCreated),
});
