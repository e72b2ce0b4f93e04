import type { Listed, Lookup } from '../../model/kind.ts';
import { listed } from '../lib/rest.ts';

interface OsTemplate {
  readonly id: string;
  readonly name: string;
  readonly operatingSystemLabel: string;
}

const read = ({ id, name, operatingSystemLabel }: OsTemplate): Listed => ({
  id,
  name,
  spec: {},
  facts: { operatingSystemLabel },
});

export default {
  name: 'osTemplates',
  singular: 'OS template',
  list: (api) => listed(api, '/os-templates', read),
  alsoNamed: ({ facts }) => [String(facts?.['operatingSystemLabel'])],
} satisfies Lookup;
