import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Asset } from '../server/pages.ts';

const files: readonly (readonly [name: string, type: Asset['type']])[] = [
  ['style.css', 'text/css'],
  ['live.js', 'text/javascript'],
  ['icon.svg', 'image/svg+xml'],
];

/** Reads the files that pages load: those of `assets/`, and the package idiomorph. */
export const loadAssets = (): Promise<readonly Asset[]> =>
  Promise.all([
    ...files.map(([name, type]) => assetOf(name, type, new URL(`assets/${name}`, import.meta.url))),
    assetOf('idiomorph.js', 'text/javascript', morphUrl()),
  ]);

const assetOf = async (name: string, type: Asset['type'], file: URL): Promise<Asset> => ({
  path: `/assets/${name}`,
  type,
  content: await readFile(file, 'utf8'),
});

/** The build copies the package's file beside the others, since the shipped program has no packages. */
function morphUrl(): URL {
  const copy = new URL('assets/idiomorph.js', import.meta.url);
  return existsSync(copy) ? copy : new URL(import.meta.resolve('idiomorph/dist/idiomorph.esm.js'));
}
