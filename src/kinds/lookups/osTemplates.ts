import type { Json } from '../../model/api.ts';
import type { Listed, Lookup } from '../../model/kind/kind.ts';
import { field, fieldOf, identity, listOf, optional, text } from '../lib/read.ts';
import { listItems } from '../lib/rest.ts';

const readMachineType = fieldOf('machineTypeLabel', text);

const read = (item: Json): Listed => ({
  id: field(item, 'id', identity),
  name: field(item, 'name', text),
  spec: {},
  attributes: {
    operatingSystemLabel: field(item, 'operatingSystemLabel', text),
    machineTypes: field(item, 'availableMachineTypes', optional(listOf(readMachineType))) ?? [],
  },
});

export default {
  name: 'osTemplates',
  singular: 'OS template',
  list: (api) => listItems(api, '/os-templates', read),
  aliases: ({ attributes }) => [String(attributes?.['operatingSystemLabel'])],
} satisfies Lookup;
