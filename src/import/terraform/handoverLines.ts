import { countOf } from '../../model/text/countOf.ts';
import { quotedWord } from '../../model/text/shellWord.ts';
import type { Handover } from './handover.ts';

/** The steps by which Terraform lets go of the imported resources, and what stays with it, as lines. Pure. */
export const handoverLines = (handover: Handover): readonly string[] => [
  ...alreadyDeclared(handover),
  ...keptByTerraform(handover),
  ...steps(handover),
];

/** A `removed` block, which Terraform 1.7 and later understand. Pure. */
export const removedBlock = (resource: string): readonly string[] => [
  'removed {',
  `  from = ${resource}`,
  '  lifecycle {',
  '    destroy = false',
  '  }',
  '}',
];

function alreadyDeclared({ released }: Handover): readonly string[] {
  const count = released.filter(({ wasDeclared }) => wasDeclared).length;
  return count === 0 ? [] : [`Declared before: ${countOf(count, 'resource')} of the state.`];
}

const keptByTerraform = ({ skipped, unsupported, otherResources }: Handover): readonly string[] => [
  ...titled('Left with Terraform by --skip:', skipped),
  ...titled(
    'Not supported, and left with Terraform; if it is to forget them too, add removed blocks for them yourself:',
    unsupported.map(({ address, type }) => `${address}: Holdfast has no kind for ${type}`),
  ),
  ...(otherResources === 0
    ? []
    : [`${countOf(otherResources, 'resource')} of other providers: left alone.`]),
];

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

function steps(handover: Handover): readonly string[] {
  if (handover.released.length === 0) return [];
  return [
    '',
    'Terraform still manages these resources too. To let it go of them without deleting anything:',
    '1. Run holdfast plan. It must show no change.',
    ...withBlocks(handover),
    ...withCommands(handover),
  ];
}

function withBlocks({ removed }: Handover): readonly string[] {
  if (removed.length === 0) return [];
  return [
    '2. Terraform 1.7 or later: replace the resource blocks by these blocks, and remove all references to them.',
    '   terraform plan must show nothing to destroy. Then run terraform apply, and delete these blocks.',
    '',
    ...removed.flatMap((resource) => [...removedBlock(resource), '']),
  ];
}

const withCommands = ({ released, removed, partly }: Handover): readonly string[] => [
  removed.length > 0
    ? '   Before Terraform 1.7, instead of step 2: run these commands, and delete the resource blocks before the next'
    : '2. Run these commands, and change count or for_each of the resources before the next',
  '   terraform apply, which would create the resources again.',
  ...(removed.length > 0 && partly.length > 0
    ? [
        `   Also in Terraform 1.7, use the commands for ${partly.join(', ')}, since some instances stay with Terraform.`,
        '   Change count or for_each there.',
      ]
    : []),
  '',
  ...released.map(({ address }) => `terraform state rm ${quotedWord(address)}`),
];
