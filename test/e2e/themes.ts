/** The colour themes for checks of pages: name of the setting, name for people, class of the window. */
export const themes = {
  dark: { id: 'Default Dark Modern', label: 'Dark Modern', cssClass: 'vs-dark' },
  light: { id: 'Default Light Modern', label: 'Light Modern', cssClass: 'vs' },
  'high contrast dark': { id: 'Default High Contrast', label: 'Dark High Contrast', cssClass: 'hc-black' },
  'high contrast light': {
    id: 'Default High Contrast Light',
    label: 'Light High Contrast',
    cssClass: 'hc-light',
  },
} as const;

export type Theme = keyof typeof themes;
