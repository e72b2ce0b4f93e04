/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a variable belongs to Holdfast itself (INTERFACE 10): `PAPERSPACE_*` and
 * `HOLDFAST_*`, except `HOLDFAST_SECRET_*`. Case does not matter, since some systems ignore it.
 */
export const isOwnVariable = (name: string): boolean =>
  /^(PAPERSPACE_|HOLDFAST_(?!SECRET_))/i.test(name);

/** Whether no config may read a variable: Holdfast's own, and the age identities that open SOPS files. */
export const isCredential = (name: string): boolean =>
  isOwnVariable(name) || /^SOPS_AGE_/i.test(name);

/** Returns the files that hold credentials of Holdfast itself. No config may read them under any name. */
export const ownFiles = ({
  PAPERSPACE_API_KEY_FILE: key,
  SOPS_AGE_KEY_FILE: identities,
}: Environment): readonly string[] => [key, identities].flatMap((file) => file || []);
