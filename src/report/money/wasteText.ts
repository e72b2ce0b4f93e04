import { countOf } from '../../model/text/countOf.ts';
import { moneyText } from '../../model/text/money.ts';
import { labelsText } from '../../model/selection/labels.ts';
import { visible } from '../../model/text/visible.ts';
import type { WasteItem, WasteReport } from '../../model/money/waste.ts';
import { plain, type Paint } from '../text.ts';

/** Renders what seems unused as text: each resource with its reason, its cost, and the YAML that ends it. */
export function wasteText({ items, incomplete }: WasteReport, paint: Paint = plain): string {
  return [
    ...incomplete.map(({ kind, error }) =>
      paint(
        'red',
        visible(`${kind} could not be listed to the end, so something may be missing: ${error}`),
      ),
    ),
    ...items.flatMap((item) => itemLines(item, paint)),
    items.length === 0
      ? `Nothing that costs money seems unused${incomplete.length === 0 ? '' : ' in the lists that could be read'}.`
      : `${countOf(items.length, 'resource seems', 'resources seem')} unused${totalText(items)}.`,
    '',
  ].join('\n');
}

function itemLines(item: WasteItem, paint: Paint): readonly string[] {
  const { kind, name, id, reason, since, declaredAt, labels, yaml } = item;
  const facts = [
    monthlyText(item),
    ...(since === null ? [] : [`since ${since.slice(0, 10)} at the latest`]),
    declaredAt ?? 'not declared',
    ...(labels ? [labelsText(labels)] : []),
  ];
  return [
    `${paint('bold', visible(`${kind}/${name}`))}  ${visible(reason)}`,
    `  ${visible(facts.join(' · '))}`,
    ...(name === id ? [] : [`  id ${visible(id)}`]),
    ...yaml.split('\n').map((line) => `    ${visible(line)}`),
    '',
  ];
}

/** What a resource costs in a month, for people. */
const monthlyText = ({ monthly }: Pick<WasteItem, 'monthly'>): string =>
  monthly === null ? 'cost not known' : `${moneyText(monthly)} USD/month`;

function totalText(items: readonly WasteItem[]): string {
  const known = items.flatMap(({ monthly }) => monthly ?? []);
  if (known.length === 0) return '';
  const sum = known.reduce((total, monthly) => total + monthly, 0);
  return `, ${known.length < items.length ? 'at least ' : ''}${moneyText(sum)} USD/month`;
}
