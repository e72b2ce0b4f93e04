/** The labels of machine types as the API spells them, for one GPU (FACTS 3.1); `x` and a number stand behind those for several. */
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

/** The label that is meant, in the API's spelling; what is not known is as it was typed. */
export function machineTypeLabel(typed: string): string {
  const [, base = '', count = ''] = /^(.{1,32}?)(x\d{1,2})?$/i.exec(typed) ?? [];
  const label = byLowerCase.get(base.toLowerCase());
  return label === undefined ? typed : label + count.toLowerCase();
}
