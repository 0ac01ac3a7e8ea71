import { readFileSync } from 'node:fs';
import type { Verifier } from '../../../audit/checkpoint.ts';
import { openTrailKeys, requireVerifier } from '../../../audit/trailKeys.ts';
import { checkProof, formatProof } from '../../../audit/proof.ts';
import { Failure } from '../../../base/failure.ts';
import { whileOpen } from '../../../files/safeOpen.ts';
import { print, printError, printJson, printLine } from '../../output.ts';
import { pathOf } from '../../paths.ts';
import { Exit, type Call } from '../../verb.ts';
import type { Trail } from '../../../audit/trail.ts';
import type { Verification } from '../../../audit/verify.ts';

/** `audit prove ID`: the record, its path in the tree, and a checkpoint. */
export async function prove(trail: Trail, { root, value, positionals: [, id = ''] }: Call): Promise<Exit> {
  const since = value('since');
  const proof = await trail.run('proveInTrail', {
    root,
    id,
    since: since === undefined ? undefined : readText(root, since),
  });
  await print(formatProof(proof));
  return Exit.done;
}

/** `audit check FILE`: checks what `prove` printed, without any trail. */
export async function check(
  _trail: Trail,
  { root, json, values, environment, positionals: [, file = ''] }: Call,
): Promise<Exit> {
  const trusted = values('key').map(requireVerifier);
  const own = openTrailKeys(environment).key();
  const verifiersFor = (origin: string): Verifier[] => [
    ...trusted,
    ...(own === undefined ? [] : [{ name: origin, key: own.publicKey }]),
  ];
  const state = checkProof(readText(root, file), verifiersFor);
  if (json) await printJson({ state });
  else if (state === 'sound') await printLine('Sound: the record is in the trail that the checkpoint is of.');
  else printError(sentences[state]);
  return exits[state];
}

/** The exit code for each state. */
export const exits: Readonly<Record<Verification['state'], Exit>> = {
  sound: Exit.done,
  tampered: Exit.refused,
  unknown: Exit.failed,
};

const sentences = {
  tampered: 'The record, its path or the checkpoint was changed.',
  unknown: 'All hashes fit, but no known key signed the checkpoint. Give its verifier key with --key.',
} as const;

/** `audit checkpoint`: signs a checkpoint of all records, and prints it. */
export async function checkpoint(trail: Trail, { root }: Call): Promise<Exit> {
  const note = await trail.run('sealTrail', { root });
  if (note !== undefined) await print(note);
  else printError('The audit trail is empty, so there is no checkpoint.');
  return note === undefined ? Exit.refused : Exit.done;
}

/** `audit key`: this person's verifier key for the trail. */
export async function key(trail: Trail, { root }: Call): Promise<Exit> {
  await printLine(await trail.run('keyOfTrail', { root }));
  return Exit.done;
}

/** In bytes: a proof holds a record of 1 MB at most, written as a text in JSON. */
const LONGEST_FILE = 16_777_216;

/** The text of a file that a person named. */
export function readText(root: string, file: string): string {
  const path = pathOf(root, file);
  return whileOpen(path, (descriptor, { size }) => {
    if (size > LONGEST_FILE) throw new Failure('usage', { detail: `“${file}” is no proof or checkpoint.` });
    return readFileSync(descriptor, 'utf8');
  });
}
