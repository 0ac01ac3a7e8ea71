import { request as requestInClear } from 'node:http';
import { request as requestByTls, type RequestOptions } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Masker } from '../masking/masker.ts';
import { answerOf, type Answer } from './deliver.ts';

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Certificates to trust beside those of Node, in PEM. */
  readonly ca: string | undefined;
  /** Knows the credentials, which a receiver may repeat. */
  readonly masker: Masker;
  readonly signal: AbortSignal;
  /** How long the receiver may say nothing, in ms. */
  readonly patience: number;
}

/** A receiver that says nothing for so long hangs, in ms. */
export const PATIENCE_MS = 10_000;
/** More of an answer is not read. */
const LONGEST_ANSWER = 65_536;
const LONGEST_DETAIL = 300;

export interface Posted {
  readonly answer: Answer;
  /** The body of an answer that took the batch. */
  readonly body: Buffer;
}

/**
 * Posts a batch. No redirect is followed, no certificate goes unchecked, and what the receiver says is cut and masked
 * before it becomes a detail. Never rejects but when `signal` aborts.
 */
export async function post({ url, headers, body, ca, masker, signal, patience }: Post): Promise<Posted> {
  const nothing = Buffer.alloc(0);
  const again = (detail: string): Posted => ({ answer: { kind: 'again', detail }, body: nothing });
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length) },
      timeout: patience,
      minVersion: 'TLSv1.2',
      signal,
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    };
    const open = url.protocol === 'https:' ? requestByTls : requestInClear;
    const request = open(url, options, (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        if (bytes < LONGEST_ANSWER) pieces.push(piece);
        bytes += piece.length;
      });
      response.on('error', (error) => {
        resolve(again(said(error)));
      });
      response.on('end', () => {
        const text = Buffer.concat(pieces);
        const status = response.statusCode ?? 0;
        const detail = `HTTP ${String(status)}${shown(text, masker)}`;
        resolve({
          answer: answerOf(status, response.headers['retry-after'], detail, Date.now()),
          body: text,
        });
      });
    });
    // The time limit is one on silence; a receiver that sends a byte now and then is cut off all the same.
    const whole = setTimeout(() => request.destroy(new Error('It did not answer in time')), 3 * patience);
    request.on('timeout', () => request.destroy(new Error('It did not answer in time')));
    request.on('close', () => {
      clearTimeout(whole);
      resolve(again('The connection was closed'));
    });
    request.on('error', (error) => {
      if (signal.aborted) reject(error);
      else resolve(again(said(error)));
    });
    request.end(body);
  });
}

/** What a receiver says, without secrets that it may have repeated, and short. */
function shown(text: Buffer, masker: Masker): string {
  const line = masker.text(text.toString()).replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_DETAIL);
  return line === '' ? '' : `: ${line}`;
}

function said(error: Error & { readonly code?: string }): string {
  return error.code === undefined ? error.message : `${error.code}: ${error.message}`;
}
