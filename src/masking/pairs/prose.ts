/** What people write after "token:" or "password:" when they mean no secret: `invalid token: expected number`. */

const proseWords = new Set(
  `a an and are as at array be boolean but by can cannot change changed character characters contain contains could
  empty error expected expired failed field for format found from given got has have in incorrect input instead
  integer invalid is least length long malformed match matches mandatory missing must need needed no not null number
  object of ok okay on only optional or out present provided received reset required revoked same set should short
  string supplied that the this to too undefined unexpected unknown unset updated valid value was were weak with
  wrong yes punc enabled disabled unsupported allowed exceeded used already does do did more than minimum maximum
  recently successfully success again try please after before within ms seconds minutes check your you it its`.split(
    /\s+/,
  ),
);
const LONGEST = 160;

/** Whether every word of the text stands on the closed list: a secret made of these alone is no secret. */
export function isProse(text: string): boolean {
  if (text.length > LONGEST) return false;
  const words = text.toLowerCase().split(/[\s,;:.()!'"-]+/);
  let counted = 0;
  for (const word of words) {
    if (word === '') continue;
    if (!proseWords.has(word) && !/^\d{1,3}$/.test(word)) return false;
    if (proseWords.has(word)) counted += 1;
  }
  return counted > 0;
}
