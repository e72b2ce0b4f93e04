/**
 * The handlers and the runners of the simulator. http/perform.ts looks a handler up by operationId, and world/steps.ts a
 * runner by the name of a step. Both work on the tables of world/.
 */

import type { Handlers } from './http/call.ts';
import { accessorHandlers } from './collections/machines/accessors.ts';
import { accountStandingHandlers } from './collections/team/accountStanding.ts';
import { containerRegistryHandlers } from './collections/team/containerRegistries.ts';
import {
  customTemplateHandlers,
  customTemplateRunners,
} from './collections/machines/customTemplates.ts';
import { datasetVersionHandlers } from './collections/projects/datasetVersions.ts';
import { datasetHandlers } from './collections/projects/datasets.ts';
import { deploymentReportHandlers } from './collections/projects/deploymentReports.ts';
import { deploymentRunners } from './collections/projects/deploymentSpecs.ts';
import { deploymentHandlers } from './collections/projects/deployments.ts';
import { eventHandlers } from './collections/machines/events.ts';
import { machineAvailabilityHandlers } from './collections/machines/machineAvailability.ts';
import { machineCreateHandlers } from './collections/machines/machineCreate.ts';
import { machinePowerHandlers, machinePowerRunners } from './collections/machines/machinePower.ts';
import {
  machineUpdateHandlers,
  machineUpdateRunners,
} from './collections/machines/machineUpdate.ts';
import { machineHandlers } from './collections/machines/machines.ts';
import { modelHandlers } from './collections/projects/models.ts';
import { osTemplateHandlers } from './collections/machines/osTemplates.ts';
import { privateNetworkHandlers } from './collections/team/privateNetworks.ts';
import { projectActivityHandlers } from './collections/projects/projectActivity.ts';
import { projectCollaboratorHandlers } from './collections/projects/projectCollaborators.ts';
import { projectTagHandlers } from './collections/projects/projectTags.ts';
import { projectHandlers } from './collections/projects/projects.ts';
import { publicIpHandlers } from './collections/team/publicIps.ts';
import { secretHandlers } from './collections/projects/secrets.ts';
import { sessionHandlers } from './collections/team/session.ts';
import { sharedDriveHandlers } from './collections/team/sharedDrives.ts';
import { snapshotHandlers, snapshotRunners } from './collections/machines/snapshots.ts';
import { startupScriptHandlers } from './collections/machines/startupScripts.ts';
import { storageProviderHandlers } from './collections/team/storageProviders.ts';
import { teamMemberHandlers } from './collections/team/teamMembers.ts';
import { purgeRunners } from './world/find.ts';
import { jobRunners } from './world/steps.ts';
import type { Runners } from './world/world.ts';

/** The handlers, by operationId. */
export const handlers: Handlers = {
  ...accessorHandlers,
  ...accountStandingHandlers,
  ...containerRegistryHandlers,
  ...customTemplateHandlers,
  ...datasetHandlers,
  ...datasetVersionHandlers,
  ...deploymentHandlers,
  ...deploymentReportHandlers,
  ...eventHandlers,
  ...machineAvailabilityHandlers,
  ...machineCreateHandlers,
  ...machineHandlers,
  ...machinePowerHandlers,
  ...machineUpdateHandlers,
  ...modelHandlers,
  ...osTemplateHandlers,
  ...privateNetworkHandlers,
  ...projectActivityHandlers,
  ...projectCollaboratorHandlers,
  ...projectHandlers,
  ...projectTagHandlers,
  ...publicIpHandlers,
  ...secretHandlers,
  ...sessionHandlers,
  ...sharedDriveHandlers,
  ...snapshotHandlers,
  ...startupScriptHandlers,
  ...storageProviderHandlers,
  ...teamMemberHandlers,
};

/** The runners of steps, by name. */
export const runners: Runners = {
  ...customTemplateRunners,
  ...deploymentRunners,
  ...jobRunners,
  ...machinePowerRunners,
  ...machineUpdateRunners,
  ...purgeRunners,
  ...snapshotRunners,
};
