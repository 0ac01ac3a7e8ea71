import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** How long to wait for an answer, and for each further piece of it, after the target takes no more data. */
const PATIENCE_MS = 500;

/**
 * Lets a target answer and close before it has read the whole request. Its answer can still be read when a write fails,
 * but Node destroys the connection at the first failed write. So that write is left unfinished: nothing more is written,
 * and the connection is read until it ends or stays silent. Node has no public way to keep a socket whose write failed
 * (it sets `autoDestroy` itself). An upload that lets reads go first still lost one answer of ten.
 */
export function hearEarlyAnswer(asked: ClientRequest): void {
  asked.once('socket', (socket) => {
    const restore = holdWriteFailures(socket);
    // The normal behaviour is restored for the next request over this connection.
    asked.once('close', restore);
  });
}

type Written = (error?: Error | null) => void;

/** @returns a function that undoes this */
function holdWriteFailures(socket: Socket): () => void {
  let timer: NodeJS.Timeout | undefined;
  const write = socket._write.bind(socket);
  const writev = socket._writev?.bind(socket);

  function destroyWhenSilent(failure: Error, bytesBefore: number): void {
    timer = setTimeout(() => {
      // If the client reads the answer slowly, the socket is paused. Then the wait goes on.
      if (socket.bytesRead > bytesBefore || socket.isPaused()) destroyWhenSilent(failure, socket.bytesRead);
      else socket.destroy(failure);
    }, PATIENCE_MS);
  }
  const holding =
    (written: Written): Written =>
    (error) => {
      if (isClosedByTarget(error)) destroyWhenSilent(error, socket.bytesRead);
      else written(error);
    };
  socket._write = (chunk, encoding, written) => {
    write(chunk, encoding, holding(written));
  };
  if (writev !== undefined)
    socket._writev = (chunks, written) => {
      writev(chunks, holding(written));
    };
  return () => {
    clearTimeout(timer);
    Reflect.deleteProperty(socket, '_write');
    Reflect.deleteProperty(socket, '_writev');
  };
}

function isClosedByTarget(error: NodeJS.ErrnoException | null | undefined): error is NodeJS.ErrnoException {
  return error?.code === 'EPIPE' || error?.code === 'ECONNRESET';
}
