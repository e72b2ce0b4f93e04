import {
  markMayDeclare,
  markWordsMayDeclare,
  noDeclarations,
  type Declarations,
} from './declarations.ts';
import type { ParsedDocument } from '../yaml/document.ts';
import { quote, type Problems } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import { addAbsent, addDefaults, addKind, type Declaring } from './sections.ts';
import { isNothing, typeName, type Entry, type Mapping } from '../yaml/tree.ts';

/** The file that holds settings, and nothing else. */
export const settingsFile = 'holdfast.yaml';

/** Adds the declarations of the documents of one file. */
export function declareFile(
  file: string,
  documents: readonly ParsedDocument[],
  declaring: Declaring,
): void {
  const maps = documents.flatMap((document) => mapsOf(document, declaring));
  if (file === settingsFile)
    for (const entry of entriesOf(maps)) declareSettings(entry, settingsFile, declaring);
  else declareEntries(entriesOf(maps.filter((map) => !isEncrypted(map))), declaring);
}

/** Returns `settings:` of the operator's settings file, which holds nothing else. */
export function declareOperator(
  documents: readonly ParsedDocument[],
  problems: Problems,
): Entry | undefined {
  const declared = noDeclarations();
  const maps = documents.flatMap((document) => mapsOf(document, { declared, problems }));
  for (const entry of entriesOf(maps))
    declareSettings(entry, 'the operator’s settings file', { declared, problems });
  return declared.settings;
}

/** The entries of documents, without those for anchors (`x-`). */
const entriesOf = (maps: readonly Mapping[]): readonly Entry[] =>
  maps.flatMap((map) => [...map.entries.values()]).filter(({ key }) => !key.startsWith('x-'));

/** Whether sops encrypted the document. It is then no desired state: values of secrets are read from it. */
function isEncrypted({ entries }: Mapping): boolean {
  const metadata = entries.get('sops')?.value;
  return metadata?.type === 'map' && metadata.entries.has('mac');
}

/** The root map of a document; none if the document is empty or not a map, which is a problem. */
function mapsOf(
  document: ParsedDocument,
  { declared, problems }: Pick<Declaring, 'declared' | 'problems'>,
): readonly Mapping[] {
  if (document.broken !== undefined) {
    suspectDocument(document.root, document.broken, declared);
    return [];
  }
  const { root } = document;
  if (isNothing(root)) return [];
  if (root.type === 'map') {
    for (const { value } of root.repeated) markMayDeclare(value, declared);
    return [root];
  }
  const message = `a document is a map from kinds to resources, not ${typeName(root)}`;
  problems.add(root.at, 'wrong-value', message);
  return [];
}

function suspectDocument(root: ParsedDocument['root'], text: string, declared: Declarations): void {
  markWordsMayDeclare(text, declared);
  if (root) markMayDeclare(root, declared);
}

/** `holder`: the file, for messages. */
function declareSettings(
  entry: Entry,
  holder: string,
  { declared, problems }: Pick<Declaring, 'declared' | 'problems'>,
): void {
  const { key, at, value } = entry;
  if (key !== 'settings') {
    markMayDeclare(value, declared);
    const message = `${holder} holds settings only; ${quote(key)} goes into another file`;
    problems.add(at, 'misplaced', message);
  } else if (declared.settings) {
    const first = positionText(declared.settings.at);
    problems.add(at, 'duplicate', `settings are already set at ${first}`);
  } else declared.settings = entry;
}

/** Reads `defaults` first: they apply to the whole file, wherever they are in it. */
function declareEntries(entries: readonly Entry[], declaring: Declaring): void {
  const defaults = new Map<string, Entry>();
  for (const entry of entries)
    if (entry.key === 'defaults') addDefaults(entry, defaults, declaring);
  for (const entry of entries)
    switch (entry.key) {
      case 'defaults':
        break;
      case 'absent':
        addAbsent(entry, declaring);
        break;
      case 'settings':
        reportMisplacedSettings(entry, declaring);
        break;
      default:
        addKind(entry, defaults, declaring);
    }
}

function reportMisplacedSettings({ at }: Entry, { problems }: Declaring): void {
  const message = `settings go into ${settingsFile} at the top of the config directory`;
  problems.add(at, 'misplaced', message);
}
