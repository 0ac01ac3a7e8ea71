export interface Disposable {
  dispose(): void;
}

/** Collects disposables and disposes of them in reverse order. One that is added after that is disposed of at once. */
export class DisposableStore implements Disposable {
  #items: Disposable[] | undefined = [];

  add<T extends Disposable>(item: T): T {
    if (this.#items === undefined) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    const items = this.#items;
    this.#items = undefined;
    items?.reverse().forEach((item) => {
      item.dispose();
    });
  }
}
