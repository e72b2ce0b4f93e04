/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a variable belongs to Holdfast itself (INTERFACE 10): `PAPERSPACE_*` and
 * `HOLDFAST_*`, except `HOLDFAST_SECRET_*`. Case does not matter, since some systems ignore it.
 */
export const isOwnVariable = (name: string): boolean =>
  /^(PAPERSPACE_|HOLDFAST_(?!SECRET_))/i.test(name);

/**
 * Whether no config may read a variable: Holdfast's own, the age identities that open SOPS files, and those of the
 * exporter of traces, one of which has the token of the receiver.
 */
export const isCredential = (name: string): boolean =>
  isOwnVariable(name) || /^(SOPS_AGE|OTEL_EXPORTER)_/i.test(name);

/** Returns the files that hold credentials of Holdfast itself. No config may read them under any name. */
export const ownFiles = ({
  PAPERSPACE_API_KEY_FILE: key,
  SOPS_AGE_KEY_FILE: identities,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: clientKey,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: tracesKey,
}: Environment): readonly string[] =>
  [key, identities, clientKey, tracesKey].flatMap((file) => file || []);
