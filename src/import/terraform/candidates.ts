import type { Kinds } from '../../model/kind/kind.ts';
import { countOf } from '../../model/text/countOf.ts';
import { visible } from '../../model/text/visible.ts';
import { UserError } from '../../console/userError.ts';
import { liveKey } from '../entries/selectResources.ts';
import type { Instance, TerraformState } from './parseState.ts';

/** An instance of a type that a kind has. */
export interface Candidate extends Instance {
  readonly kind: string;
}

/** The instances of a state file, by what is to happen to them. */
export interface Candidates {
  /** The instances to import. */
  readonly wanted: readonly Candidate[];
  /** The instances of known types that stay with Terraform, since the user said so. */
  readonly skipped: readonly Candidate[];
  /** The instances of types that no kind has. They stay with Terraform. */
  readonly unsupported: readonly Instance[];
  /** The number of resources of other providers. */
  readonly otherResources: number;
}

/**
 * Assigns each instance to the kind that has its type. `skip`: the addresses of instances that stay with Terraform.
 * Throws a `UserError` if the state has no Paperspace resource, or none with an address of `skip`. Pure.
 */
export function candidatesOf(
  { instances, otherResources }: TerraformState,
  skip: readonly string[],
  kinds: Kinds,
): Candidates {
  if (instances.length === 0)
    throw new UserError(
      `--terraform: the state has no resource of the Paperspace provider, and ${countOf(otherResources, 'resource')} of others; name the state file of the configuration that has them`,
    );
  refuseUnknown(skip, instances);
  const kindOf = kindsByType(kinds);
  const known = instances.flatMap((instance) => {
    const kind = kindOf.get(instance.type);
    return kind === undefined ? [] : [{ ...instance, kind }];
  });
  return {
    wanted: known.filter(({ address }) => !skip.includes(address)),
    skipped: known.filter(({ address }) => skip.includes(address)),
    unsupported: instances.filter(({ type }) => !kindOf.has(type)),
    otherResources,
  };
}

/** The kinds to list for the candidates, in the order of `kinds`. Pure. */
export const kindsIn = ({ wanted }: Candidates, kinds: Kinds): readonly string[] =>
  [...kinds.keys()].filter((name) => wanted.some(({ kind }) => kind === name));

/** The keys of the live resources to import: no other is added to the YAML. Pure. */
export const liveKeysOf = ({ wanted }: Candidates): ReadonlySet<string> =>
  new Set(wanted.flatMap(({ kind, id }) => (id === undefined ? [] : [liveKey(kind, id)])));

const kindsByType = (kinds: Kinds): ReadonlyMap<string, string> =>
  new Map(
    [...kinds.values()].flatMap(({ name, terraformTypes = [] }) =>
      terraformTypes.map((type) => [type, name] as const),
    ),
  );

function refuseUnknown(skip: readonly string[], instances: readonly Instance[]): void {
  const addresses = new Set(instances.map(({ address }) => address));
  const unknown = skip.filter((address) => !addresses.has(address));
  if (unknown.length > 0)
    throw new UserError(
      unknown.map(
        (address) =>
          `--skip ${visible(address)}: the state has no such Paperspace resource; write an address as terraform state list prints it`,
      ),
    );
}
