/** The rows of the simulated world: projects and what belongs to them. */

import type { Row } from '../world/table.ts';
import type { JobFault } from '../faults/faults.ts';
import type { UserSummary } from './team.ts';

/** A version of a dataset. Its id combines the dataset's id and a number. */
export interface DatasetVersion extends Row {
  readonly datasetId: string;
  readonly version: string;
  readonly userId: string;
  readonly message: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly isCommitted: boolean;
  readonly tags: readonly string[];
  readonly dtCreated: number;
  readonly dtModified: number;
}

export interface Dataset extends Row {
  readonly name: string | null;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly teamId: string;
  readonly storageProviderId: string | null;
  readonly dtCreated: number;
  readonly dtModified: number;
}

/** The fields of a spec that the simulator uses. The contract defines the others. */
export interface DeploymentConfig {
  readonly name: string;
  readonly region?: string;
  readonly enabled?: boolean;
  readonly containerRegistry?: string;
  readonly basicAuthKey?: string;
  readonly resources: { readonly replicas?: number };
}

/** A submitted spec. */
export interface DeploymentSpec extends Row {
  readonly deploymentId: string;
  readonly data: DeploymentConfig;
  readonly userId: string;
  readonly externalApplied: number | null;
  readonly dtHealthy: number | null;
  readonly error: string | null;
  readonly dtCreated: number;
  /** The error with which it will end. */
  readonly fault: JobFault | null;
}

export interface Deployment extends Row {
  readonly name: string;
  readonly projectId: string;
  readonly latestSpecId: string;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

export interface Model extends Row {
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly teamId: string;
  readonly storageProviderId: string | null;
  readonly projectId: string | null;
  readonly dtCreated: number;
  readonly dtModified: number;
}

export interface Activity extends Row {
  readonly projectId: string;
  readonly action:
    | 'deployment.created'
    | 'deployment.updated'
    | 'deployment.deleted'
    | 'deployment.scaled'
    | 'deployment.enabled'
    | 'deployment.disabled';
  readonly data: { readonly from: number; readonly to: number } | null;
  readonly deploymentId: string;
  /** The name at that time. */
  readonly deploymentName: string;
  readonly userId: string;
  readonly dtCreated: number;
}

/** A user in a project. Its id combines both ids. */
export interface Collaborator extends Row {
  readonly projectId: string;
  readonly user: UserSummary;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

/** A tag of a project. Its id combines the project's id and the name. */
export interface Tag extends Row {
  readonly projectId: string;
  readonly number: number;
  readonly name: string;
  readonly dtCreated: number;
}

export interface Project extends Row {
  readonly name: string;
  readonly repoName: string | null;
  readonly repoUrl: string | null;
  readonly repoNodeId: string | null;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

/** A secret of a project or of the team. Its id combines the scope and the name. */
export interface Secret extends Row {
  readonly scope: string;
  readonly name: string;
  /** No answer shows it. */
  readonly value: string;
  readonly dtCreated: number;
  readonly dtModified: number;
}
