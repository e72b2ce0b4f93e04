import { expect, test } from 'vitest';
import { announcements } from '../../src/import/listMembers.ts';

const requests = (kind: string, relation: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    list: 'members' as const,
    kind,
    id: `id-${n}`,
    relation,
  }));

test.each([
  { because: 'nothing is listed', sent: [], rate: 10, says: [] },
  {
    because: '50 requests are few',
    sent: requests('machines', 'accessors', 50),
    rate: 10,
    says: [],
  },
  {
    because: '51 are not, and a started second counts',
    sent: requests('machines', 'accessors', 51),
    rate: 10,
    says: [
      '51 requests for the accessors of the machines, about 6 s; --without accessors leaves them out',
    ],
  },
  {
    because: 'many have separators, and minutes',
    sent: requests('machines', 'accessors', 5000),
    rate: 10,
    says: [
      '5,000 requests for the accessors of the machines, about 8 min; --without accessors leaves them out',
    ],
  },
  {
    because: 'the time depends on the rate',
    sent: requests('machines', 'accessors', 5000),
    rate: 50,
    says: [
      '5,000 requests for the accessors of the machines, about 100 s; --without accessors leaves them out',
    ],
  },
  {
    because: 'each field counts by itself',
    sent: [
      ...requests('projects', 'tags', 60),
      ...requests('projects', 'models', 50),
      ...requests('datasets', 'versions', 120),
    ],
    rate: 10,
    says: [
      '60 requests for the tags of the projects, about 6 s; --without tags leaves them out',
      '120 requests for the versions of the datasets, about 12 s; --without versions leaves them out',
    ],
  },
])('$because', ({ sent, rate, says }) => {
  expect(announcements(sent, rate)).toEqual(says);
});
