import { parseExpression, type Expression } from './expression.ts';

/**
 * A regular expression that answers in bounded time, even if it comes from an unknown author. Short texts, for which
 * even the worst case is fast, go to JavaScript's own engine; it backtracks, and `*a*a*a*b` costs it the seventh power
 * of the text's length. A longer text is walked through, and each state of the expression meets each position of the
 * text at most once.
 */

/** The most steps of JavaScript's engine, shared by the expressions that check the same text. */
const ENGINE_STEPS = 400_000;
/** The most steps of all walks through a text. */
const WALK_STEPS = 100_000;
/** A lookahead with at most so many ways through it is left to the engine. */
const MOST_WAYS_AHEAD = 64;
/** An expression with more states is refused. */
const MOST_STATES = 4096;

/** The steps that remain for the walks of the expressions that check the same text. */
export interface Budget {
  /** Below zero when they are used up; later answers do not count. */
  steps: number;
}

export function freshBudget(): Budget {
  return { steps: WALK_STEPS };
}

/** Whether the text matches; false if the budget is too small for an answer. */
export type BoundedMatcher = (text: string, budget: Budget) => boolean;

/**
 * Makes a bounded matcher; undefined if the expression cannot be bounded. The expression may have no flag but `s`, and
 * is one of `sharers` expressions that check each text.
 */
export function boundedMatcher(expression: RegExp, sharers = 1): BoundedMatcher | undefined {
  const tree = parseExpression(expression.source);
  const graph = tree === undefined ? undefined : toGraph(tree);
  if (tree === undefined || graph === undefined) return undefined;
  const longest = longestForEngine(costOf(tree), ENGINE_STEPS / sharers);
  const words = wordsOf(tree);
  return (text, budget) =>
    text.length <= longest
      ? expression.test(text)
      : holdsInOrder(text, words, budget) && walk(graph, text, 0, budget);
}

/** The longest part of a word and the largest number of words that are searched for. */
const LONGEST_WORD = 16;
const MOST_WORDS = 8;

/** The words that every matching text contains, in this order. */
function wordsOf(tree: Expression): string[] {
  const words = [''];
  const read = (part: Expression): void => {
    if (part.kind === 'sequence') part.parts.forEach(read);
    else if (part.kind === 'character' && part.only !== undefined)
      words.push((words.pop() ?? '') + part.only);
    else if (part.kind === 'character' || part.kind === 'choice' || part.kind === 'repeat') words.push('');
  };
  read(tree);
  return words
    .filter((word) => word !== '')
    .map((word) => word.slice(0, LONGEST_WORD))
    .slice(0, MOST_WORDS);
}

/** Rejects most texts that do not match without a walk. */
function holdsInOrder(text: string, words: readonly string[], budget: Budget): boolean {
  budget.steps -= text.length >>> 5;
  let at = 0;
  for (const word of words) {
    at = text.indexOf(word, at);
    if (at === -1) return false;
    at += word.length;
  }
  return true;
}

/** The cost of backtracking: `ways` × length ^ `loops`; nested loops have no bound. */
interface Cost {
  readonly ways: number;
  readonly loops: number;
}

function costOf(tree: Expression): Cost {
  switch (tree.kind) {
    case 'character':
    case 'start':
    case 'end':
      return { ways: 1, loops: 0 };
    case 'sequence':
      return tree.parts.map(costOf).reduce(product, { ways: 1, loops: 0 });
    case 'choice': {
      const costs = tree.options.map(costOf);
      const ways = costs.reduce((sum, cost) => sum + cost.ways, 0);
      return { ways, loops: Math.max(...costs.map(({ loops }) => loops)) };
    }
    case 'ahead':
      return costOf(tree.body);
    case 'repeat': {
      const { ways, loops } = costOf(tree.body);
      if (tree.max === Infinity) {
        // A body with several ways multiplies them in each round, unless it only looks ahead and takes one character.
        return loops === 0 && (ways === 1 || isOneCharacter(tree.body))
          ? { ways: ways * 2 ** tree.min, loops: 1 }
          : { ways: Infinity, loops: 1 };
      }
      return { ways: (1 + ways) ** tree.max, loops: loops * tree.max };
    }
  }
}

function product(a: Cost, b: Cost): Cost {
  return { ways: a.ways * b.ways, loops: a.loops + b.loops };
}

/** Whether only one way leads on: through one character, possibly after lookaheads. */
function isOneCharacter(tree: Expression): boolean {
  if (tree.kind !== 'sequence') return tree.kind === 'character';
  const taking = tree.parts.filter(({ kind }) => kind !== 'ahead');
  return taking.length === 1 && taking[0]?.kind === 'character';
}

/** The length n for which ways × n ^ loops / loops! equals the allowed steps. */
function longestForEngine({ ways, loops }: Cost, steps: number): number {
  if (ways > steps) return 0;
  let factorial = 1;
  for (let factor = 2; factor <= loops; factor += 1) factorial *= factor;
  return loops === 0 ? Infinity : Math.floor(((steps / ways) * factorial) ** (1 / loops));
}

/** A state of an expression, and the states after it. */
interface State {
  readonly id: number;
  /** Whether it takes this character; undefined if it takes none. */
  readonly accepts?: (code: number) => boolean;
  /** A further condition. */
  readonly needs?: 'start' | 'end' | { readonly isAhead: Ahead; readonly isNegative: boolean };
  next: readonly State[];
}

interface Graph {
  readonly first: State;
  readonly last: State;
  /** All states except those of lookaheads, by their numbers. */
  readonly states: readonly State[];
}

type Ahead = (text: string, at: number, budget: Budget) => boolean;

/** Links the states of an expression from its end to its beginning; undefined if there are too many. */
function toGraph(tree: Expression): Graph | undefined {
  let total = 0;

  function graphOf(root: Expression): Graph {
    const states: State[] = [];
    const state = (parts: Omit<State, 'id'>): State => {
      total += 1;
      if (total > MOST_STATES) throw new RangeError();
      const made = { id: states.length, ...parts };
      states.push(made);
      return made;
    };
    function link(part: Expression, next: State): State {
      switch (part.kind) {
        case 'character':
          return state({ accepts: part.accepts, next: [next] });
        case 'start':
        case 'end':
          return state({ needs: part.kind, next: [next] });
        case 'ahead':
          return state({ needs: { isAhead: aheadOf(part), isNegative: part.isNegative }, next: [next] });
        case 'sequence':
          return part.parts.reduceRight((following, one) => link(one, following), next);
        case 'choice':
          return state({ next: part.options.map((option) => link(option, next)) });
        case 'repeat':
          return repeat(part, next);
      }
    }
    function repeat({ body, min, max }: Expression & { kind: 'repeat' }, next: State): State {
      let following = next;
      if (max === Infinity) {
        const loop = state({ next: [] });
        loop.next = [link(body, loop), next];
        following = loop;
      } else {
        for (let count = min; count < max; count += 1)
          following = state({ next: [link(body, following), next] });
      }
      for (let count = 0; count < min; count += 1) following = link(body, following);
      return following;
    }
    const last = state({ next: [] });
    return { first: link(root, last), last, states };
  }

  /** A lookahead without a loop is left to JavaScript's engine, which is fast enough. */
  function aheadOf({ body, source }: Expression & { kind: 'ahead' }): Ahead {
    const { ways, loops } = costOf(body);
    if (loops > 0 || ways > MOST_WAYS_AHEAD) {
      const graph = graphOf(body);
      return (text, at, budget) => walk(graph, text, at, budget);
    }
    const expression = new RegExp(source, 'sy');
    return (text, at) => {
      expression.lastIndex = at;
      return expression.test(text);
    };
  }

  try {
    return graphOf(tree);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether the last state can be reached from the position `start` of the text. */
function walk({ first, last, states }: Graph, text: string, start: number, budget: Budget): boolean {
  const places = text.length - start + 1;
  const seen = new Uint32Array(Math.ceil((states.length * places) / 32));
  // Creating the array takes time, too.
  budget.steps -= seen.length >>> 5;
  /** The points to visit: number of the state × places + position in the text. */
  const waiting = [first.id * places];
  for (let point = waiting.pop(); point !== undefined; point = waiting.pop()) {
    const word = point >>> 5;
    const bit = 1 << (point & 31);
    const before = seen[word] ?? 0;
    if ((before & bit) !== 0) continue;
    seen[word] = before | bit;
    budget.steps -= 1;
    if (budget.steps < 0) return false;
    const state = states[Math.floor(point / places)];
    if (state === undefined || state === last) return state === last;
    const at = start + (point % places);
    const { accepts, needs, next } = state;
    if (accepts !== undefined && (at === text.length || !accepts(text.charCodeAt(at)))) continue;
    if (needs === 'start' && at !== 0) continue;
    if (needs === 'end' && at !== text.length) continue;
    if (typeof needs === 'object' && needs.isAhead(text, at, budget) === needs.isNegative) continue;
    const place = at - start + (accepts === undefined ? 0 : 1);
    for (const { id } of next) waiting.push(id * places + place);
  }
  return false;
}
