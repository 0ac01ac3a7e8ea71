/** Addresses that the page loads from; everything else is forbidden by its content security policy. */
export interface PageSources {
  readonly nonce: string;
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

/** The Configure Logging page. Its texts that depend on the workspace arrive by message. */
export function configurePage({ nonce, cspSource, script, style }: PageSources): string {
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>Configure Logging</title>
</head>
<body>
<main>
  <h1>Logging of <span id="folder"></span></h1>
  <p id="notice" class="notice" role="status" hidden></p>
  <form id="form" novalidate>
    <div class="columns">
      <section class="fields" aria-labelledby="files-title">
        <h2 id="files-title">Files</h2>
        ${numberField('maxFile', 'Maximum file size', 'An active log that is larger rotates.', '<span class="unit">MB</span>')}
        ${numberField('keepPlain', 'Files kept plain', 'The newest files of a log, the active one included. Older ones are zipped.')}
        ${numberField(
          'maxAge',
          'Keep logs for',
          'Counted from a log’s last entry. Older files are deleted.',
          unitSelect('maxAgeUnit', 'Unit of the age', ['days', 'months']),
        )}
        ${numberField(
          'maxFolder',
          'Maximum folder size',
          'While the logs together are larger, the oldest archives are deleted.',
          unitSelect('maxFolderUnit', 'Unit of the size', ['MB', 'GB']),
        )}
      </section>
      <section class="preview" id="preview" aria-labelledby="preview-title">
        <h2 id="preview-title">What maintenance would do now</h2>
        <div id="steps" role="region" aria-labelledby="preview-title"></div>
        <ul id="notes"></ul>
      </section>
    </div>
    <div class="columns">
      <section class="fields" aria-labelledby="recording-title">
        <h2 id="recording-title">What is recorded</h2>
        <div class="field" role="group" aria-labelledby="categories-title" aria-describedby="categories-error categories-warning">
          <div class="label" id="categories-title">Requests</div>
          <vscode-checkbox id="logsAll" label="All"></vscode-checkbox>
          ${category('writes', 'Writes (POST, PUT, PATCH, DELETE)')}
          ${category('auth', 'Authentication')}
          ${category('deployments', 'Deployments')}
          ${category('errors', 'Errors (status 400 and above)')}
          ${remarks('categories')}
        </div>
        ${listField('authPaths', 'Authentication paths', 'Path patterns, one a line, such as **/login or /oauth2/**.')}
        ${listField('deploymentPaths', 'Deployment paths', 'Path patterns, one a line, such as /api/deployments/**.')}
        ${listField('exclude', 'Excluded endpoints', 'Path patterns, one a line, such as /health or /internal/**.')}
        <div class="field">
          <vscode-label for="level">Level</vscode-label>
          <p class="help">How much of each request is recorded.</p>
          <vscode-single-select id="level" label="Level">
            <vscode-option value="NONE">Nothing</vscode-option>
            <vscode-option value="METADATA">Metadata</vscode-option>
            <vscode-option value="REQUEST">Metadata and request body</vscode-option>
            <vscode-option value="REQUEST_RESPONSE">Metadata, request and response body</vscode-option>
          </vscode-single-select>
          ${remarks('level')}
        </div>
        ${numberField('maxBody', 'Longest recorded body', 'What is longer is cut.', '<span class="unit">bytes</span>')}
        ${listField('extraKeys', 'Further keys to mask', 'One a line, such as customer_number. Passwords and tokens are masked anyway.')}
      </section>
      <section class="preview" id="recording" aria-labelledby="recorded-title">
        <h2 id="recorded-title">What would be recorded</h2>
        <p id="recorded" role="status" aria-live="polite"></p>
        <p id="counts" class="help"></p>
        <div id="requests"></div>
        <p class="help">Judged by the requests in api.log. What was not recorded so far is not among them.</p>
      </section>
    </div>
  </form>
  <p class="error" id="failure" role="alert"></p>
</main>
<footer>
  <vscode-button id="save" disabled>Save</vscode-button>
  <vscode-button id="cancel" secondary>Cancel</vscode-button>
  <vscode-button id="open" secondary>Open Policy File</vscode-button>
  <p id="summary" role="status" aria-live="polite">Looking at the files…</p>
</footer>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

/** With a tab index of its own: without, the element forgets after being disabled that Tab has to reach it. */
function category(id: string, label: string): string {
  return `<vscode-checkbox id="${id}" label="${label}" tabindex="0"></vscode-checkbox>`;
}

function numberField(id: string, label: string, help: string, unit = ''): string {
  return `<div class="field" id="${id}-field">
          <vscode-label for="${id}">${label}</vscode-label>
          <p class="help">${help}</p>
          <div class="row">
            <vscode-textfield id="${id}" label="${label}"></vscode-textfield>${unit}
            <span class="limits" id="${id}-limits"></span>
          </div>
          ${remarks(id)}
        </div>`;
}

/** One value a line. */
function listField(id: string, label: string, help: string): string {
  return `<div class="field" id="${id}-field">
          <vscode-label for="${id}">${label}</vscode-label>
          <p class="help">${help}</p>
          <vscode-textarea id="${id}" label="${label}" rows="3" resize="vertical" monospace></vscode-textarea>
          ${remarks(id)}
        </div>`;
}

/** What is wrong with a field, and what it leads to. */
function remarks(id: string): string {
  return `<p class="error" id="${id}-error" role="alert"></p>
          <p class="warning" id="${id}-warning" role="status"></p>`;
}

function unitSelect(id: string, label: string, units: readonly string[]): string {
  const options = units.map((unit) => `<vscode-option value="${unit}">${unit}</vscode-option>`).join('');
  return `<vscode-single-select id="${id}" class="unit" label="${label}">${options}</vscode-single-select>`;
}
