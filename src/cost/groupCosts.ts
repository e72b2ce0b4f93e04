import type { CostItem } from '../model/money/costReport.ts';
import type { CostRow } from '../model/money/ledger.ts';
import { labelOf, labelsText } from '../model/selection/labels.ts';

/** Adds up costs by kind, machine type, all labels, or one label. The most expensive first. Pure. */
export const groupCosts = (rows: readonly CostRow[], by: string): readonly CostItem[] =>
  [...Map.groupBy(rows, (row) => keyOf(row, by))]
    .map(([key, ofKey]) => ({ key, ...sumOf(ofKey) }))
    .toSorted((a, b) => b.usd - a.usd);

function keyOf({ kind, type, labels }: CostRow, by: string): string {
  if (by === 'kind') return kind;
  if (by === 'machineType') return type;
  return by === 'label' ? labelsText(labels) : (labelOf(labels, by) ?? '');
}

/** Adds costs up, to the cent. */
export const sumOf = (rows: readonly CostRow[]): Omit<CostItem, 'key'> => ({
  usd: toCents(rows.reduce((sum, { usd }) => sum + usd, 0)),
  unknownHours: Math.round(rows.reduce((sum, row) => sum + row.unknownHours, 0) * 100) / 100,
});

export const toCents = (usd: number): number => Math.round(usd * 100) / 100;
