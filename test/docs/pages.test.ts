import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { sidebarOf } from '../../docs/.vitepress/sidebar.ts';
import { slugOf } from '../../docs/.vitepress/slug.ts';
import { readPage, root } from '../support/docs.ts';

const pages = globSync(['*.md', 'docs/*.md', 'docs/{decisions,kinds}/*.md'], { cwd: root });

interface Link {
  readonly page: string;
  /** The path of the file from the root. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** The links of a page to other files and headings, without those in code. */
const linksOf = (page: string): readonly Link[] =>
  [...withoutCode(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      return { page, file: file === '' ? page : join(dirname(page), file), anchor };
    });

const withoutCode = (text: string): string =>
  text.replaceAll(/^ *```[^]*?^ *```$/gm, '').replaceAll(/`[^`\n]+`/g, '');

const anchorsOf = (page: string): readonly string[] =>
  [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    slugOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  );

const links = pages.flatMap(linksOf);

test('every link leads to a file, and to a heading of it', () => {
  expect(links.length).toBeGreaterThan(100);
  const dead = links.filter(
    ({ file, anchor }) =>
      !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
  );
  expect(dead).toEqual([]);
});

test('no page of the site links to a file outside of it', () => {
  const outside = links.filter(
    ({ page, file }) => page.startsWith('docs/') && !file.startsWith('docs/'),
  );
  expect(outside).toEqual([]);
});

test('the sidebar lists every page once', () => {
  const kinds = pages
    .filter((page) => page.startsWith('docs/kinds/') && basename(page) !== 'README.md')
    .map((page) => basename(page, '.md'));
  const listed = [
    ...JSON.stringify(sidebarOf(readPage('docs/README.md'), kinds)).matchAll(/"link":"\/(.*?)"/g),
  ];
  const expected = pages
    .filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
    .map((page) => relative('docs', page).replace('kinds/README.md', 'kinds/'));
  expect(listed.map(([, link = '']) => link).toSorted()).toEqual(expected.toSorted());
});
