/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a variable is Holdfast's own, so that no config may read it (INTERFACE 10): `PAPERSPACE_*` and `HOLDFAST_*`, but for
 * `HOLDFAST_SECRET_*`. In any case, since some systems know no difference.
 */
export const isOwnVariable = (name: string): boolean =>
  /^(PAPERSPACE_|HOLDFAST_(?!SECRET_))/i.test(name);

/** Files that hold a credential of Holdfast's own: no config may read them under any name. */
export const ownFiles = ({ PAPERSPACE_API_KEY_FILE: file }: Environment): readonly string[] =>
  file ? [file] : [];
