import assert from 'node:assert/strict';
import fc from 'fast-check';
import { completionAt, parseQuery } from '../../../../src/query/language/parse.ts';
import { printQuery } from '../../../../src/query/language/print.ts';
import { MOST_CHARACTERS, type Query } from '../../../../src/query/language/queryTree.ts';
import { describeProblem } from '../../../../src/words/query.ts';
import { seed, size } from '../../../chance.ts';

/** The problems as `code "part of the query"`. */
function problemsOf(query: string): string {
  return parseQuery(query)
    .problems.map(({ code, from, to }) => `${code} ${query.slice(from, to)}`)
    .join(', ');
}

/** A query, and its problems. */
const rows: readonly (readonly [string, string])[] = [
  ['"a b', 'quote-open "a b'],
  ['"', 'quote-open "'],
  ['"a\\', 'quote-open "a\\'],
  ['path:"a', 'quote-open "a'],
  ['path:~"a', 'quote-open "a'],
  ['path:~"a\\"', 'quote-open "a\\"'],
  ['a\\', 'escape-open \\'],
  ['a\\:b', ''],
  ['(a', 'bracket-open ('],
  ['((a)', 'bracket-open ('],
  ['status:(200', 'bracket-open ('],
  ['(a]', 'bracket-open (, bracket-stray ]'],
  ['a)', 'bracket-stray )'],
  ['a ] b }', 'bracket-stray ], bracket-stray }'],
  ['foo(bar)', ''],
  ['[a-{b}](c)', ''],
  ['()', 'operand-missing ()'],
  ['status:()', 'operand-missing ()'],
  ['OR', 'operand-missing OR'],
  ['a OR', 'operand-missing OR'],
  ['OR a', 'operand-missing OR'],
  ['a OR OR b', 'operand-missing OR'],
  ['AND', 'operand-missing AND'],
  ['a AND', 'operand-missing AND'],
  ['AND a', 'operand-missing AND'],
  ['a AND AND b', 'operand-missing AND'],
  ['a AND OR b', 'operand-missing AND'],
  ['(a AND) b', 'operand-missing AND'],
  ['NOT', 'operand-missing NOT'],
  ['a NOT)', 'operand-missing NOT, bracket-stray )'],
  ['NOT AND a', 'operand-missing NOT'],
  ['ORDER ANDROID NOTE or and not', ''],
  ['status:', 'value-missing status:'],
  ['status: 500', 'value-missing status:'],
  ['(status:)', 'value-missing status:'],
  ['a OR status: OR b', 'value-missing status:'],
  ['status:>=', 'value-missing status:>='],
  ['status:>= 500', 'value-missing status:>='],
  ['Error: disk full', 'value-missing Error:'],
  ['"odd key":', 'value-missing "odd key":'],
  ['status:(>= OR 5)', 'value-missing >='],
  ['status:[500', 'range-invalid [500'],
  ['status:[500]', 'range-invalid [500]'],
  ['status:[500 TO]', 'range-invalid [500 TO]'],
  ['status:[500 600] a', 'range-invalid [500 600]'],
  ['status:[500 TO 600 a', 'range-invalid [500 TO 600 a'],
  ['status:[* TO *]', 'range-invalid [* TO *]'],
  ['path:{id}/x', 'range-invalid {id}'],
  ['status:>=x', 'bound-invalid x'],
  ['status:[a TO "b c"]', 'bound-invalid a, bound-invalid "b c"'],
  ['time:>=2026-02-30', 'bound-invalid 2026-02-30'],
  ['time:>=2026-02-01T24:00', 'bound-invalid 2026-02-01T24:00'],
  ['time:[5 TO 2026-01-01]', 'bounds-differ 5 TO 2026-01-01'],
  ['time:>="2026-02-28 10:00"', ''],
  ['::1 10:05 https://a.b std::map C++ a=b -5', ''],
  ['a:b:c', ''],
  ['ip:fe80::1', ''],
  ['fe80::1', ''],
];

describe('parseQuery', () => {
  for (const [query, problems] of rows)
    it(`finds in ${JSON.stringify(query)} ${problems === '' ? 'no problem' : JSON.stringify(problems)}`, () => {
      assert.equal(problemsOf(query), problems);
    });

  it('reads AND before OR, and a space as AND', () => {
    const text = (word: string): Query => ({ kind: 'text', parts: [word] });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(text) as [Query, Query, Query, Query];
    const pairs: [string, Query][] = [
      [
        'a b OR c d',
        {
          kind: 'or',
          items: [
            { kind: 'and', items: [a, b] },
            { kind: 'and', items: [c, d] },
          ],
        },
      ],
      [
        'a AND (b OR -c) d',
        { kind: 'and', items: [a, { kind: 'or', items: [b, { kind: 'not', item: c }] }, d] },
      ],
      ['-(a b)', { kind: 'not', item: { kind: 'and', items: [a, b] } }],
      ['NOT a b', { kind: 'and', items: [{ kind: 'not', item: a }, b] }],
      ['((a))', a],
      ['', { kind: 'all' }],
    ];
    for (const [query, tree] of pairs) assert.deepEqual(parseQuery(query), { query: tree, problems: [] });
  });

  it('takes 4,096 characters, 200 terms and 50 levels, and refuses one more of each', () => {
    const words = (count: number): string => Array.from({ length: count }, () => 'a').join(' OR ');
    const values = (count: number): string => `n:(${Array.from({ length: count }, () => '5').join(' ')})`;
    const groups = (count: number): string => `${'('.repeat(count)}a${')'.repeat(count)}`;
    const nots = (count: number): string => `${'NOT '.repeat(count)}a`;
    for (const query of ['a'.repeat(4096), words(200), values(200), groups(50), nots(50), `n:${groups(50)}`])
      assert.equal(problemsOf(query), '');
    const codes = (query: string): string[] => parseQuery(query).problems.map(({ code }) => code);
    assert.deepEqual(codes('a'.repeat(4097)), ['too-long']);
    for (const query of [words(201), values(201), `${words(200)} n:>5`, `(${words(300)}`])
      assert.deepEqual(codes(query), ['too-many-terms']);
    for (const query of [groups(51), nots(51), `-${groups(50)}`, `n:${groups(51)}`, '('.repeat(4096)])
      assert.deepEqual(codes(query), ['too-deep']);
  });

  // Letters that mean something are frequent, so that all paths through the parser are taken.
  const pieces = [
    ...Array.from('abN5xx"\\()[]{}:.*?-~<>= \n\u00a0é😀\ud800'),
    ...['AND ', ' OR ', 'NOT ', ' TO ', '[1 TO ', '~"a', '..', 'now-2h', '2026-01-01'],
    ...['status:', 'time:', 'user.email:', '"status":', '"odd key":', 'x.level:', '9:'],
  ];
  const queries = fc.oneof(
    fc.string({ unit: fc.constantFrom(...pieces), maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  const options = { seed, numRuns: size(3000, 30_000) };

  it('never throws, keeps its positions within the text, and has a sentence for each problem', () => {
    fc.assert(
      fc.property(queries, fc.nat(60), (query, position) => {
        for (const problem of parseQuery(query).problems) {
          assert.ok(problem.from >= 0 && problem.from < problem.to && problem.to <= query.length);
          assert.match(describeProblem(problem, query), /^character \d+: \S/);
        }
        const completion = completionAt(query, position);
        assert.ok(completion === undefined || completion.from <= Math.min(position, query.length));
      }),
      options,
    );
  });

  it('gives the same tree for what printQuery writes', () => {
    let count = 0;
    fc.assert(
      fc.property(queries, (query) => {
        const parsed = parseQuery(query);
        if (parsed.problems.length > 0) return;
        count += 1;
        const printed = printQuery(parsed.query);
        assert.deepEqual(withoutPlaces(parseQuery(printed)), withoutPlaces(parsed), printed);
      }),
      options,
    );
    assert.ok(count > 300, String(count));
    for (const [query, problems] of rows)
      if (problems === '')
        assert.deepEqual(parseQuery(printQuery(parseQuery(query).query)), parseQuery(query));
  });

  it('reads each character a bounded number of times', () => {
    const repeated = [
      ...pieces,
      '"a".',
      '"a"."',
      'a." ',
      '"." ',
      'a."b".',
      '\\"',
      '(a:',
      'f:(',
      'f:[',
      '- ',
      'a..',
      'AND(',
      ')]',
    ];
    const texts = fc
      .tuple(
        fc.array(fc.constantFrom(...repeated), { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom(...repeated), { maxLength: 6 }),
      )
      .map(([some, others]) =>
        (some.join('').repeat(MOST_CHARACTERS) + others.join('')).slice(-MOST_CHARACTERS),
      );
    fc.assert(
      fc.property(texts, (query) => {
        const reads = countedReads(() => parseQuery(query));
        assert.ok(reads < 20 * MOST_CHARACTERS, `${String(reads)} reads`);
      }),
      { seed, numRuns: size(150, 2000) },
    );
  });
});

/** How often `work` asks a text for a character or compares a part of it. */
function countedReads(work: () => void): number {
  const prototype = String.prototype as unknown as Record<string, (...values: never[]) => unknown>;
  const originals = ['charCodeAt', 'charAt'].map((name) => [name, prototype[name]!] as const);
  let count = 0;
  for (const [name, original] of originals)
    prototype[name] = function (this: string, ...values: never[]) {
      count += 1;
      return original.apply(this, values);
    };
  try {
    work();
  } finally {
    for (const [name, original] of originals) prototype[name] = original;
  }
  return count;
}

/** What was parsed, without the places of patterns in the text. */
function withoutPlaces(parsed: unknown): unknown {
  return JSON.parse(JSON.stringify(parsed, (key, value: unknown) => (key === 'at' ? null : value)));
}

describe('completionAt', () => {
  /** A query up to the position, and the kind, the field and the prefix that can be completed there. */
  const places: readonly (readonly [string, string])[] = [
    ['', 'field: 0'],
    ['sta', 'field:sta 0'],
    ['a sta', 'field:sta 2'],
    ['a ', 'field: 2'],
    ['-', 'field: 1'],
    ['a -sta', 'field:sta 3'],
    ['(', 'field: 1'],
    ['NOT ', 'field: 4'],
    ['a OR ', 'field: 5'],
    ['"odd k', 'field:odd k 0'],
    ['user.em', 'field:user.em 0'],
    ['status:', 'value of status: 7'],
    ['status:5', 'value of status:5 7'],
    ['user.email:', 'value of user.email: 11'],
    ['"odd key":"a b', 'value of odd key:a b 10'],
    ['status:>=', 'value of status: 9'],
    ['status:>=5', 'value of status:5 9'],
    ['status:(', 'value of status: 8'],
    ['status:(500 OR ', 'value of status: 15'],
    ['status:(500 OR -4', 'value of status:4 16'],
    ['status:(500) ', 'field: 13'],
    ['status:[', 'value of status: 8'],
    ['status:[500 TO ', 'value of status: 15'],
    ['status:[500 TO 5', 'value of status:5 15'],
    ['status:[500 TO 599] ', 'field: 20'],
    ['status:[500 ', 'none'],
    ['path:~"', 'none'],
    ['path:~"a b', 'none'],
    ['"a b"', 'none'],
    ['(a)', 'none'],
    ['('.repeat(51), 'none'],
  ];
  for (const [query, expected] of places)
    it(`finds at the end of ${JSON.stringify(query.slice(0, 20))} ${JSON.stringify(expected)}`, () => {
      const found = completionAt(`${query} AND more"`, query.length);
      const name = found?.field ? ` of ${found.field.path.join('.')}` : '';
      const place = found ? `${found.kind}${name}:${found.prefix} ${String(found.from)}` : 'none';
      assert.equal(place, expected);
    });
});
