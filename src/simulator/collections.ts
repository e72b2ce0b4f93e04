import type { Handlers } from './call.ts';
import { accessorHandlers } from './collections/accessors.ts';
import { accountStandingHandlers } from './collections/account-standing.ts';
import { containerRegistryHandlers } from './collections/container-registries.ts';
import { customTemplateHandlers, customTemplateRunners } from './collections/custom-templates.ts';
import { datasetVersionHandlers } from './collections/dataset-versions.ts';
import { datasetHandlers } from './collections/datasets.ts';
import { deploymentReportHandlers } from './collections/deployment-reports.ts';
import { deploymentRunners } from './collections/deployment-specs.ts';
import { deploymentHandlers } from './collections/deployments.ts';
import { eventHandlers } from './collections/events.ts';
import { machineAvailabilityHandlers } from './collections/machine-availability.ts';
import { machineCreateHandlers } from './collections/machine-create.ts';
import { machinePowerHandlers, machinePowerRunners } from './collections/machine-power.ts';
import { machineUpdateHandlers, machineUpdateRunners } from './collections/machine-update.ts';
import { machineHandlers } from './collections/machines.ts';
import { modelHandlers } from './collections/models.ts';
import { osTemplateHandlers } from './collections/os-templates.ts';
import { privateNetworkHandlers } from './collections/private-networks.ts';
import { projectActivityHandlers } from './collections/project-activity.ts';
import { projectCollaboratorHandlers } from './collections/project-collaborators.ts';
import { projectTagHandlers } from './collections/project-tags.ts';
import { projectHandlers } from './collections/projects.ts';
import { publicIpHandlers } from './collections/public-ips.ts';
import { secretHandlers } from './collections/secrets.ts';
import { sessionHandlers } from './collections/session.ts';
import { sharedDriveHandlers } from './collections/shared-drives.ts';
import { snapshotHandlers, snapshotRunners } from './collections/snapshots.ts';
import { startupScriptHandlers } from './collections/startup-scripts.ts';
import { storageProviderHandlers } from './collections/storage-providers.ts';
import { teamMemberHandlers } from './collections/team-members.ts';
import { purgeRunners } from './find.ts';
import { jobRunners, type Runners } from './jobs.ts';

/** What serves each operation. */
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

/** What each step does when it is due. */
export const runners: Runners = {
  ...customTemplateRunners,
  ...deploymentRunners,
  ...jobRunners,
  ...machinePowerRunners,
  ...machineUpdateRunners,
  ...purgeRunners,
  ...snapshotRunners,
};
