import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOf } from '../../../src/masking/lineBuffer.ts';
import { RepeatedText } from '../../../src/entries/repeatedText.ts';

describe('repeatedText', () => {
  it('remembers a text that is seen twice in a row, and not one that is seen once', () => {
    const texts = new RepeatedText();
    const see = (text: string): void => {
      texts.see(text, () => bytesOf(text));
    };
    see('curl/8.5.0');
    assert.equal(texts.find('curl/8.5.0'), undefined);
    see('curl/8.5.0');
    assert.deepEqual(texts.find('curl/8.5.0'), bytesOf('curl/8.5.0'));
    assert.equal(texts.find('curl/8.5.1'), undefined);
  });

  it('never gives one text the bytes of another, however often their places meet', () => {
    const texts = new RepeatedText();
    const agent = fc.tuple(fc.constantFrom('curl/', 'okhttp/', 'wget/'), fc.nat({ max: 400 }));
    fc.assert(
      fc.property(fc.array(agent, { minLength: 50, maxLength: 500 }), (agents) => {
        for (const text of agents.map((parts) => parts.join(''))) {
          const found = texts.find(text);
          if (found === undefined) texts.see(text, () => bytesOf(text));
          else assert.equal(Buffer.from(found).toString(), text);
        }
      }),
    );
  });

  it('remembers nothing long', () => {
    const texts = new RepeatedText();
    const long = 'x'.repeat(1000);
    for (let time = 0; time < 3; time += 1) texts.see(long, () => bytesOf(long));
    assert.equal(texts.find(long), undefined);
  });
});
