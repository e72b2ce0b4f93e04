/** The rows of the simulated world: members, networks, addresses, drives, and storage of the team. */

import type { Row } from '../world/table.ts';
import type { Region } from '../world/regions.ts';

export interface ContainerRegistry extends Row {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly dtCreated: number;
  readonly dtModified: number;
}

export interface PrivateNetwork extends Row {
  readonly name: string;
  readonly region: Region;
  readonly network: string;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

/** A claimed address. Its id is the address. */
export interface PublicIp extends Row {
  readonly region: Region;
  readonly machineId: string | null;
  readonly dtCreated: number;
}

export interface SharedDrive extends Row {
  readonly name: string;
  /** GB. */
  readonly size: number;
  readonly mountPoint: string;
  readonly username: string;
  readonly password: string;
  readonly networkId: string;
  readonly region: Region;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

export interface S3Config {
  readonly endpoint?: string | null;
  readonly bucket: string;
  readonly region?: string | null;
  readonly accessKey: string;
  readonly secretAccessKey: string;
  readonly signatureVersion?: string | null;
  readonly retainData?: boolean | null;
}

export interface StorageProvider extends Row {
  readonly name: string;
  readonly isTeamDefault: boolean;
  /** The service owns it, and no client may change it. */
  readonly isManaged: boolean;
  readonly s3Config: S3Config;
  readonly dtCreated: number;
}

/** A user in the team. The id is the user's id. */
export interface Member extends Row {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isOwner: boolean;
  readonly isAdmin: boolean;
  readonly dtConfirmed: number;
}

/** Converts a user to its form in accessors and collaborators. */
/** The part of a member that other resources show. */
export type UserSummary = Pick<Member, 'id' | 'email' | 'firstName' | 'lastName'>;
