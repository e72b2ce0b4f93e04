/**
 * The labels of machine types with one GPU, in the API's spelling (FACTS 3.1). Types with several GPUs append `x` and a
 * number.
 */
const labels = [
  'C1',
  'C2',
  'C3',
  'C4',
  'C5',
  'C6',
  'C7',
  'C8',
  'C9',
  'C10',
  'GPU+',
  'P4000',
  'P5000',
  'P6000',
  'RTX4000',
  'RTX5000',
  'A4000',
  'A5000',
  'A6000',
  'V100',
  'V100-32G',
  'A100',
  'A100-80G',
  'H100',
] as const;

const byLowerCase: ReadonlyMap<string, string> = new Map(
  labels.map((label) => [label.toLowerCase(), label]),
);

/** Returns a label in the API's spelling, whatever its case; an unknown label is returned unchanged. */
export function machineTypeLabel(spelling: string): string {
  const [, base = '', count = ''] = /^(.{1,32}?)(x\d{1,2})?$/i.exec(spelling) ?? [];
  const label = byLowerCase.get(base.toLowerCase());
  return label === undefined ? spelling : label + count.toLowerCase();
}
