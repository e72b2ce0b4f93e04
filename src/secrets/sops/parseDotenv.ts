import { SopsError, type SopsFile } from './tree.ts';

const prefix = 'sops_';

/**
 * Parses a SOPS file in the dotenv format, as sops does: a line is `KEY=text`, where `\n` is a line feed, or a comment.
 * The metadata are the keys that begin with `sops_`. Throws a `SopsError`.
 */
export function parseDotenv(text: string): SopsFile {
  const entries = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(entryOf);
  const metadata = entries.filter(([key]) => key.startsWith(prefix));
  return {
    branches: [{ entries: entries.filter(([key]) => !key.startsWith(prefix)) }],
    metadata:
      metadata.length === 0
        ? undefined
        : metadataOf(metadata.map(([key, value]) => [key.slice(prefix.length), value] as const)),
  };
}

function entryOf(line: string): readonly [string, string] {
  const equals = line.indexOf('=');
  if (equals < 0) throw new SopsError('has a line without `=`');
  return [line.slice(0, equals), line.slice(equals + 1).replaceAll(String.raw`\n`, '\n')];
}

type Entries = readonly (readonly [key: string, value: string])[];

const metadataOf = (entries: Entries): unknown => {
  const nested = nestedIn(entries);
  return { ...nested, mac_only_encrypted: nested['mac_only_encrypted'] === 'true' };
};

/** The metadata with its lists: `age__list_0__map_enc` is the field `enc` of the first item of `age`. */
function nestedIn(entries: Entries): Readonly<Record<string, unknown>> {
  const items = entries.flatMap(([key, value]) => {
    const [, list, index = '', field = ''] = /^(\w+?)__list_(\d+)__map_(.*)$/s.exec(key) ?? [];
    return list === undefined ? [] : [{ list, index, field, value }];
  });
  const lists = [...Map.groupBy(items, ({ list }) => list)].map(([list, ofList]) => {
    const byIndex = Map.groupBy(ofList, ({ index }) => index).values();
    const nested = [...byIndex].map((item) => nestedIn(item.map((one) => [one.field, one.value])));
    return [list, nested] as const;
  });
  return Object.fromEntries([...entries, ...lists]);
}
