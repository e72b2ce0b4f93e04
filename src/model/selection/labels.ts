/** The labels of a resource: who owns it, what it is for. Kept by Holdfast, and never sent to the API. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a resource has all of the given labels, with these values. Pure. */
export const hasLabels = (labels: Labels | undefined, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labelOf(labels, key) === value);

/** The value of a label; undefined if the resource does not have it. A label may be named `constructor`. */
export const labelOf = (labels: Labels | undefined, key: string): string | undefined =>
  labels && Object.hasOwn(labels, key) ? labels[key] : undefined;

/** Labels for people, in their order: `owner=ml, env=prod`; empty for none. */
export const labelsText = (labels: Labels | undefined): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** The name of a label in Prometheus: `label_owner`. Signs that a name there cannot have become `_`. */
export const metricLabelOf = (key: string): string => `label_${key.replaceAll(/\W/g, '_')}`;
