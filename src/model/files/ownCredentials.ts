/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a variable belongs to Holdfast itself, so that no config may read it (INTERFACE 10): `PAPERSPACE_*` and
 * `HOLDFAST_*`, except `HOLDFAST_SECRET_*`. Case does not matter, since some systems ignore it.
 */
export const isOwnVariable = (name: string): boolean =>
  /^(PAPERSPACE_|HOLDFAST_(?!SECRET_))/i.test(name);

/** Returns the files that hold credentials of Holdfast itself. No config may read them under any name. */
export const ownFiles = ({ PAPERSPACE_API_KEY_FILE: file }: Environment): readonly string[] =>
  file ? [file] : [];
