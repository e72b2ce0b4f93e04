import { nearest } from '../desired/problems/nearest.ts';
import type { Catalog, ResourceKind } from '../model/kind/kind.ts';
import { splitAddress, type Address } from '../model/resource.ts';
import { UserError } from './context.ts';

/** Returns the address that a command line names. Throws a `UserError` if it is none. */
export function toAddress(text: string): Address {
  if (/^[^/]+\/./s.test(text)) return text as Address;
  throw new UserError(`"${text}" is not an address; write KIND/NAME, such as machines/trainer-1`);
}

/** Parses the address of a command line. Throws a `UserError` that suggests what might have been meant. */
export function parseAddress(
  { kinds }: Pick<Catalog, 'kinds'>,
  address: string,
): { readonly kind: ResourceKind; readonly name: string } {
  const { kind: word, name } = splitAddress(toAddress(address));
  const kind = kinds.get(word);
  if (kind) return { kind, name: kind.caseInsensitiveNames ? name.toLowerCase() : name };
  const meant = nearest(word, kinds.keys());
  throw new UserError(
    `there is no kind "${word}"${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  );
}
