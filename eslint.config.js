import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const message = {
  vscode: 'vscode is imported only under src/vscode and in src/extension.ts.',
  zod: "Import zod as `import * as z from 'zod'`: with `import { z }` a bundle grows from 80 KB to 450 KB.",
  zodInPages: "Import zod in a page as `import * as z from 'zod/mini'`: 15 KB instead of 80 KB.",
  nondescript: 'Name the file after its one idea; everything can be a util, a helper or common.',
};

/** Whatever reaches zod other than as `import * as z from MODULE`. (A selector's regex spells a slash \u002F.) */
const zodOnlyFrom = (module, text) =>
  [
    `:matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value=/^zod(\\u002F|$)/][source.value!='${module}']`,
    `ImportDeclaration[source.value='${module}'] > :not(ImportNamespaceSpecifier[local.name='z'], Literal)`,
    `:matches(ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value='${module}']`,
  ].map((selector) => ({ selector, message: text }));

/** What the machine that lints calls global: Node's names, without a package that lists them. */
const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);

export default defineConfig(
  { ignores: ['dist/', '.work/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'house: everywhere',
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-binary-expression': 'error',
      'no-empty': 'error',
      'no-restricted-imports': ['error', { paths: [{ name: 'vscode', message: message.vscode }] }],
      'no-restricted-syntax': ['error', ...zodOnlyFrom('zod', message.zod)],
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // `import { type A }` stays behind as an import with side effects; dependency-cruiser takes it for a mere type.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    name: 'house: silent but for the command line',
    files: ['src/**'],
    ignores: ['src/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    name: 'house: who may know VS Code',
    files: ['src/vscode/**', 'src/extension.ts', 'test/host/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    name: 'house: pages',
    files: ['src/webview/**'],
    rules: { 'no-restricted-syntax': ['error', ...zodOnlyFrom('zod/mini', message.zodInPages)] },
  },
  {
    name: 'house: tests',
    files: ['test/**'],
    rules: {
      // A wrong `!` fails the test, and a fake port is async without having anything to wait for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    name: 'house: plain JavaScript',
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: nodeGlobals },
    rules: {
      'no-undef': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    name: 'house: CommonJS',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
  {
    name: 'house: names that explain themselves',
    files: ['**/{util,utils,helper,helpers,common}.*', '**/{util,utils,helper,helpers,common}/**'],
    rules: { 'no-restricted-syntax': ['error', { selector: 'Program', message: message.nondescript }] },
  },
);
