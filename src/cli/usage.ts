/** What `--help` prints. */
export const usage = `Keeps a workspace's logs/ folder in order.

workspace-logs VERB [--workspace DIR] [--json]

  init                                make the policy, logs/ and the ignore rule
  policy                              print the policy in force
  policy --set KEY=VALUE …            change it: rotation.maxFileMB=50 retention.maxAge='{"days":30}'
  policy --accept                     let a policy from elsewhere delete and send on this machine
  ls [--times]                        list the files of logs/
  cat NAME [--member NAME]            print a log, plain or compressed, or a file of an archive
  record [--mode strict]              append JSON lines from standard input to logs/api.log
  proxy --target URL --port N [--user-header NAME --trusted-proxies CIDR,…]
                                      pass requests to a backend and record them
  serve --port N [--token-file FILE] [--user-header NAME]
                                      the HTTP API on this machine, behind tokens; --workspace may be
                                      repeated
  maintain [--dry-run] [--now TIME] [--accept]
                                      rotate, zip, expire, cap, prune; --dry-run only tells
  session write --user U --chat C --message M [--session S] [--request R]
                                      make a session archive of the lines of standard input
  session open FILE                   print what a zip holds, encrypted or not
  session find ID                     list the session archives in which an id occurs
  session clean [--dry-run] [--now TIME] [--accept]
                                      delete the session archives that are too old
  session rekey                       give them a new password: the old and the new one are two
                                      lines on standard input
  query QUERY [--since T] [--until T] [--limit N] [--order newest|oldest] [--count]
        [--histogram minute|hour|day] [--fields A,B] [--follow] [--file GLOB]
                                      search all logs: 'status:5xx path:/api/*' --since 1h
  audit append                        append JSON lines from standard input to the audit trail
  audit import FILE                   append the records of a log, plain or compressed; nothing is filled in
  audit query [--user U] [--action A] [--entity-type T] [--entity-id I] [--from TIME] [--to TIME]
        [--text TEXT] [--limit N] [--offset N] [--cursor C]
                                      list records, the newest first
  audit export [--format json|jsonl|csv|syslog] [the same filters] [--manifest FILE]
                                      print records in the order of the trail
  audit verify [--indexes] [--since FILE] [--key KEY] [--accept]
                                      check that the trail is as it was written; --accept counts
                                      what a key signed that is not known here
  audit prove ID [--since FILE]       print a record with its proof
  audit check FILE [--key KEY]        check such a proof, without the trail
  audit checkpoint                    sign a checkpoint of all records, and print it
  audit key                           print the key that verifies your checkpoints
  forward --once | --follow | --create-tables | status [--targets FILE]
                                      send what the policy's forwarding lets out to the targets of a
                                      file (0600), once or until it is stopped; the file may be named
                                      by WORKSPACE_LOGS_TARGETS
  leak-report                         list every field in logs/, and what would be sent of it
  rotate-key [--targets FILE]         send what waits, then make a new key for the pseudonyms and
                                      destroy the old one
  pseudonym USER                      print the hashes of a person
  doctor [--fix CHECK …] [--remove-commit-check]
                                      check the workspace; fix: policy, ignored, untracked,
                                      leftovers, commit-check (installs the pre-commit check)

Passwords of archives, for cat, query and session: --password-stdin or --password-file FILE, one a
line (at a terminal you are asked), and the variable SESSION_LOG_ZIP_PASSWORD.
Session archives lie in the policy's sessions.dir.
Over the policy's sessions: SESSION_LOG_STORE_ENABLED, SESSION_LOG_DIR, SESSION_LOG_MAX_LINES,
SESSION_LOG_ZIP_COMPRESSION, SESSION_LOG_ZIP_COMPRESSLEVEL, SESSION_LOG_RETENTION_DAYS,
SESSION_LOG_CLEANUP_INTERVAL_SECONDS. Over its audit: AUDIT_LOG_LEVEL, AUDIT_LOGS_FILE_PATH,
AUDIT_LOG_FILE_ROTATION_SIZE.
The audit trail is kept in logs/audit.db, or in the PostgreSQL database whose connection string
is in WORKSPACE_LOGS_AUDIT_DATABASE, or in the file (0600) that
WORKSPACE_LOGS_AUDIT_DATABASE_FILE names. The key of the pseudonyms is in
WORKSPACE_LOGS_PRIVACY_KEY, or in a file of the state folder.
The workspace is the working directory unless --workspace names another.
Exit codes: 0 done, 1 a finding or a refusal, 2 wrong usage, 3 the machine failed.
`;
