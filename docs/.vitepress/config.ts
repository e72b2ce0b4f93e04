import { cpSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DefaultTheme, UserConfig } from 'vitepress';
import { sidebarOf } from './sidebar.ts';
import { slugOf } from './slug.ts';

const docs = join(import.meta.dirname, '..');
const kinds = globSync('kinds/[a-z]*.md', { cwd: docs }).map((file) => basename(file, '.md'));

/** Wide tables fit the page, and long names beside the first column break. */
const style = `
  .VPDoc .container, .VPDoc .content { max-width: none !important; }
  .VPDoc .content-container { max-width: 960px !important; }
  .vp-doc td { vertical-align: top; }
  .vp-doc td + td code { overflow-wrap: anywhere; }
`;

/** The documentation site: the pages of docs/ as they are, without a request to another server. */
export default {
  title: 'Holdfast',
  description: 'Keeps a Paperspace team in the state that YAML files declare',
  head: [
    ['style', {}, style],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  outDir: '../build/docs',
  cacheDir: '../build/docs-cache',
  rewrites: { 'README.md': 'index.md', 'kinds/README.md': 'kinds/index.md' },
  markdown: {
    anchor: { slugify: slugOf },
    // VitePress has no grammar of it: plain text.
    languages: [{ name: 'promql', scopeName: 'source.promql', patterns: [], repository: {} }],
  },
  themeConfig: {
    sidebar: sidebarOf(readFileSync(join(docs, 'README.md'), 'utf8'), kinds.toSorted()),
    outline: 'deep',
    search: { provider: 'local' },
  },
  // Pages link to the schemas, which are no pages.
  buildEnd: ({ outDir }) =>
    cpSync(join(docs, 'schema'), join(outDir, 'schema'), { recursive: true }),
} satisfies UserConfig<DefaultTheme.Config>;
