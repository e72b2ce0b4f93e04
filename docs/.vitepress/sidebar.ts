/** A group of pages in the sidebar, or a page with pages below it. */
interface Group {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items: readonly (Group | Page)[];
}

interface Page {
  readonly text: string;
  readonly link: string;
}

/**
 * Returns the sidebar: a group for each section of docs/README.md, with the pages that it lists. `kinds`: the names of
 * the kinds, whose pages are below that of all kinds.
 */
export const sidebarOf = (readme: string, kinds: readonly string[]): Group[] =>
  readme
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      text: section.slice(0, section.indexOf('\n')),
      collapsed: section.startsWith('Decisions\n'),
      items: [...section.matchAll(/^- \[(.+?)\]\((.+?)\)/gm)].map(([, text = '', link = '']) =>
        link === 'kinds/README.md' ? groupOfKinds(text, kinds) : { text, link: `/${link}` },
      ),
    }));

const groupOfKinds = (text: string, kinds: readonly string[]): Group => ({
  text,
  link: '/kinds/',
  collapsed: true,
  items: kinds.map((name) => ({ text: name, link: `/kinds/${name}.md` })),
});
