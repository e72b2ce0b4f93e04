import { isIP } from 'node:net';
import type { DesiredState } from '../../model/resource.ts';
import { isObject, isWriteOnly } from '../compare/spec.ts';

/** Text that may be an IPv4 or an IPv6 address. `isIP` decides. */
const candidates = /(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)|(?<![\w:])[\da-f]*:[\da-f:]*:[\da-f:.]*/gi;

/** Replaces each IP address in a text. */
const replaceAddresses = (text: string, replace: (address: string) => string): string =>
  text.replace(candidates, (candidate) => {
    const address = candidate.replace(/\.$/, '');
    return isIP(address) === 0 ? candidate : candidate.replace(address, () => replace(address));
  });

/** Removes IP addresses that no config declares. */
export interface AddressMask {
  /** Whether a text contains an undeclared address. */
  isIn(text: string): boolean;
  /** The text with `(address 1)` in place of an undeclared address, the same for the same address. */
  apply(text: string): string;
}

/** Makes the mask for a desired state. Scripts and other write-only texts declare no address. */
export function addressMask({ resources, absent }: DesiredState): AddressMask {
  const declared = new Set<string>();
  replaceAddresses(JSON.stringify([resources, absent], withoutWriteOnly), (address) => {
    declared.add(address);
    return address;
  });
  const numbers = new Map<string, number>();
  const placeholder = (address: string): string => {
    if (declared.has(address)) return address;
    const number = numbers.get(address) ?? numbers.size + 1;
    numbers.set(address, number);
    return `(address ${number})`;
  };
  const apply = (text: string): string => replaceAddresses(text, placeholder);
  return { apply, isIn: (text) => apply(text) !== text };
}

const withoutWriteOnly = (_: string, value: unknown): unknown =>
  isObject(value) && isWriteOnly(value) ? undefined : value;
