/**
 * Bytes that older programs made of a typed password: those of the code page of their system. 7-Zip and WinZip on
 * Windows used its ANSI or OEM page, and UTF-8 came later.
 */

/** The upper half of the pages that `TextDecoder` does not know (the tables of unicode.org). */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

/** The bytes of a page by the character that they stand for; without ASCII, which is the same in all. */
type Page = ReadonlyMap<string, readonly number[]>;

let known: readonly Page[] | undefined;

/** Made when the first password needs them: most are ASCII. */
function pages(): readonly Page[] {
  return (known ??= [
    decodedPage('windows-1252'),
    pageOf(CP437),
    pageOf(CP850),
    decodedPage('windows-1250'),
    decodedPage('gbk'),
  ]);
}

function pageOf(upperHalf: string): Page {
  return new Map(Array.from(upperHalf, (character, index) => [character, [0x80 + index]]));
}

function decodedPage(label: 'windows-1252' | 'windows-1250' | 'gbk'): Page {
  const page = new Map<string, readonly number[]>();
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label);
  } catch {
    // A Node.js without all of ICU does not know the page.
    return page;
  }
  const add = (bytes: readonly number[]): void => {
    const character = decoder.decode(Uint8Array.from(bytes));
    const isOne = Array.from(character).length === 1 && character !== '\ufffd';
    if (isOne && !page.has(character)) page.set(character, bytes);
  };
  for (let first = 0x80; first <= 0xff; first += 1)
    if (label !== 'gbk') add([first]);
    else for (let second = 0x40; second <= 0xfe; second += 1) add([first, second]);
  return page;
}

/** The bytes of a text in each page that has all its characters. */
export function inCodePages(text: string): Uint8Array[] {
  const forms = pages().map((page) => {
    const bytes: number[] = [];
    for (const character of text) {
      const encoded = character < '\u0080' ? [character.charCodeAt(0)] : page.get(character);
      if (encoded === undefined) return undefined;
      bytes.push(...encoded);
    }
    return Uint8Array.from(bytes);
  });
  return forms.filter((form) => form !== undefined);
}
