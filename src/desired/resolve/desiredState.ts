import { addressOf, type Absent, type Desired } from '../../model/resource.ts';
import type { AbsentName, Declarations } from '../declare/declarations.ts';
import type { Resolved } from './resolve.ts';

/** The resources that `absent:` lists. */
export const absentIn = ({ absent }: Declarations): readonly Absent[] =>
  [...absent.values()].flatMap((names) => [...names.values()].map(absentOf));

/** The resources of one declaration, one for each of its names. */
export const desiredOf = ({
  declaration,
  spec,
  lifecycle,
  formerNames,
  labels,
}: Resolved): readonly Desired[] =>
  declaration.names.map((name, i) => {
    const kind = declaration.kind.name;
    const formerName = formerNames[i];
    return {
      address: addressOf(kind, name),
      kind,
      name,
      spec,
      lifecycle: formerName === undefined ? lifecycle : { ...lifecycle, formerName },
      ...(labels ? { labels } : {}),
      source: declaration.at,
    };
  });

const absentOf = ({ kind, name, at }: AbsentName): Absent => ({
  address: addressOf(kind.name, name),
  kind: kind.name,
  name,
  source: at,
});
