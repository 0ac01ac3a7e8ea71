/** Written by scripts/apiPaths.ts. */
/* eslint-disable */
export interface paths {
  '/api/workspaces': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The workspaces that the caller may see.
     * @description Right: any.
     */
    get: operations['get_workspaces'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/logs/config': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The policy in force, with its defaults filled in.
     * @description Right: user.
     */
    get: operations['get_workspaces_id_logs_config'];
    /**
     * Replaces the policy; a key that is left out gets its default. Comments of the file stay. Answers the policy and what maintenance would do now.
     * @description Right: administrator.
     */
    put: operations['put_workspaces_id_logs_config'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/logs/files': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The files of logs/, sorted by name.
     * @description Right: user.
     */
    get: operations['get_workspaces_id_logs_files'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/logs/files/{filename}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A file as it is; with decompress=1 its text.
     * @description Right: user.
     */
    get: operations['get_workspaces_id_logs_files_filename'];
    put?: never;
    post?: never;
    /**
     * Deletes a file for good. The active file is rotated first with active=1, else it is refused.
     * @description Right: administrator.
     */
    delete: operations['delete_workspaces_id_logs_files_filename'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/logs/entries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Entries of the API log, newest first, over plain and zipped files.
     * @description Right: user.
     */
    get: operations['get_workspaces_id_logs_entries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/logs/stream': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * New entries of the API log, of all processes that write it, as server-sent events. Last-Event-ID resumes; an event “gap” says that entries between are zipped or gone, and “end” that the server ends.
     * @description Right: user.
     */
    get: operations['get_workspaces_id_logs_stream'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/logs/maintenance': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rotates, zips, expires and caps; with dry_run=1 it only says what it would do.
     * @description Right: administrator.
     */
    post: operations['post_workspaces_id_logs_maintenance'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Records of the audit trail, newest first.
     * @description Right: auditor.
     */
    get: operations['get_workspaces_id_audit'];
    put?: never;
    /**
     * Appends a record: 201 for a new one, 200 for one that is there already.
     * @description Right: administrator.
     */
    post: operations['post_workspaces_id_audit'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/audit/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The records that fit, in the order of the trail.
     * @description Right: auditor.
     */
    get: operations['get_workspaces_id_audit_export'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/audit/verification': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Checks that the trail is as it was written.
     * @description Right: auditor.
     */
    get: operations['get_workspaces_id_audit_verification'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/workspaces/{id}/audit/{record}/proof': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A record with its path in the tree and a signed checkpoint.
     * @description Right: auditor.
     */
    get: operations['get_workspaces_id_audit_record_proof'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      code: string;
      detail: string;
      field?: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  get_workspaces: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            items: {
              id: string;
            }[];
            nextCursor: null;
            total: number;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_logs_config: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /**
             * @description Version of this file’s format.
             * @constant
             */
            version: 1;
            /** @description The workspace’s name in its entries: 1 to 64 letters, digits, _ or -. */
            workspaceId?: string;
            rotation: {
              /**
               * @description Largest size of an active log before it rotates, in MB.
               * @default 20
               */
              maxFileMB: number;
              /**
               * @description Newest files of a log kept unzipped, counting the active one.
               * @default 5
               */
              keepPlain: number;
            };
            retention: {
              /**
               * @description How long logs are kept, by the time of their newest entry.
               * @default {
               *       "months": 6
               *     }
               */
              maxAge:
                | {
                    days: number;
                  }
                | {
                    months: number;
                  };
              /**
               * @description Largest size of the managed logs together, in MB; the oldest archives go first.
               * @default 1024
               */
              maxFolderMB: number;
              /**
               * @description Globs of other logs’ names that expire and count towards the cap, too. They are never rotated or zipped.
               * @default []
               */
              alsoFamilies: string[];
              /**
               * @description While true, nothing is deleted.
               * @default false
               */
              hold: boolean;
            };
            recording: {
              /**
               * @description What is recorded: ["all"], or any of writes, auth, deployments, errors.
               * @default [
               *       "all"
               *     ]
               */
              log: ['all'] | ('writes' | 'auth' | 'deployments' | 'errors')[];
              /**
               * @description Globs of paths that are never recorded.
               * @default []
               */
              exclude: string[];
              /**
               * @description Globs of paths that count as authentication.
               * @default [
               *       "**\/auth",
               *       "**\/auth/**",
               *       "**\/auths",
               *       "**\/auths/**",
               *       "**\/login",
               *       "**\/login/**",
               *       "**\/logout",
               *       "**\/logout/**",
               *       "**\/session",
               *       "**\/session/**",
               *       "**\/sessions",
               *       "**\/sessions/**",
               *       "**\/signin",
               *       "**\/signin/**",
               *       "**\/signup",
               *       "**\/signup/**",
               *       "**\/oauth2",
               *       "**\/oauth2/**",
               *       "**\/token",
               *       "**\/token/**"
               *     ]
               */
              authPaths: string[];
              /**
               * @description Globs of paths that count as deployments.
               * @default [
               *       "/api/deployments",
               *       "/api/deployments/**"
               *     ]
               */
              deploymentPaths: string[];
              /**
               * @description How much of a request is recorded.
               * @default METADATA
               * @enum {string}
               */
              level: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
              /**
               * @description Longest part of a body that is recorded, in bytes.
               * @default 2048
               */
              maxBodyBytes: number;
            };
            masking: {
              /**
               * @description Further keys whose values are masked.
               * @default []
               */
              extraKeys: string[];
            };
            sessions: {
              /**
               * @description Whether session archives are written.
               * @default false
               */
              enabled: boolean;
              /**
               * @description Folder of the session archives, relative to the workspace.
               * @default session_logs
               */
              dir: string;
              /**
               * @description What a session archive holds.
               * @default both
               * @enum {string}
               */
              format: 'jsonl' | 'text' | 'both';
              /**
               * @description Days after which session archives are deleted.
               * @default 90
               */
              retentionDays: number;
              /**
               * @description Seconds between clean-ups.
               * @default 3600
               */
              cleanupIntervalSeconds: number;
              /**
               * @description Compression of session archives.
               * @default lzma
               * @enum {string}
               */
              compression: 'stored' | 'deflated' | 'bzip2' | 'lzma';
              /**
               * @description Level for deflated and bzip2.
               * @default null
               */
              compressLevel: number | null;
              /**
               * @description Most lines kept of one request, the newest ones; of 64 MB at most.
               * @default 20000
               */
              maxLines: number;
              /**
               * @description Whether an archive needs a session id.
               * @default true
               */
              requireSessionId: boolean;
            };
            audit: {
              /**
               * @description How much of a request becomes an audit record; NONE: none does.
               * @default NONE
               * @enum {string}
               */
              level: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
              /**
               * @description Globs of the routes whose writes become audit records. Authentication paths always do.
               * @default [
               *       "/**"
               *     ]
               */
              adminPaths: string[];
              /**
               * @description Whether audit records also go to a rotating audit.log.
               * @default false
               */
              file: boolean;
              /**
               * @description Largest size of audit.log before it rotates, in MB.
               * @default 10
               */
              fileMB: number;
              /**
               * @description Newest files of audit.log kept unzipped, counting the active one.
               * @default 1
               */
              keepPlain: number;
              /**
               * @description Whether audit records also go to standard output.
               * @default false
               */
              console: boolean;
              /**
               * @description How long audit records are kept; null is for ever.
               * @default null
               */
              maxAge:
                | (
                    | {
                        days: number;
                      }
                    | {
                        months: number;
                      }
                  )
                | null;
            };
            forwarding: {
              /**
               * @description Whether entries of the API log leave this machine.
               * @default false
               */
              entries: boolean;
              /**
               * @description Whether audit records leave this machine.
               * @default false
               */
              audit: boolean;
              /**
               * @description Whether usage events are written to usage.log and leave this machine.
               * @default false
               */
              usage: boolean;
              /**
               * @description How a user is hashed: hmac with this installation’s key; sha256 can be guessed.
               * @default hmac
               * @enum {string}
               */
              userHash: 'hmac' | 'sha256';
              /**
               * @description Whether texts are replaced by their size.
               * @default true
               */
              redactContent: boolean;
              /**
               * @description Whether titles, and tags that people set, are sent, masked.
               * @default false
               */
              titlesAndTags: boolean;
              /**
               * @description Whether the sizes of texts are exact or rounded.
               * @default exact
               * @enum {string}
               */
              summaries: 'exact' | 'buckets';
              /**
               * @description Whether the ids of chats and messages are sent as they are or hashed.
               * @default plain
               * @enum {string}
               */
              chatIds: 'plain' | 'hashed';
            };
            export: {
              /**
               * @description Whether an export of the workspace holds its logs.
               * @default false
               */
              logs: boolean;
            };
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  put_workspaces_id_logs_config: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /**
           * @description Version of this file’s format.
           * @constant
           */
          version: 1;
          /** @description The workspace’s name in its entries: 1 to 64 letters, digits, _ or -. */
          workspaceId?: string;
          /** @default {} */
          rotation?: {
            /**
             * @description Largest size of an active log before it rotates, in MB.
             * @default 20
             */
            maxFileMB?: number;
            /**
             * @description Newest files of a log kept unzipped, counting the active one.
             * @default 5
             */
            keepPlain?: number;
          };
          /** @default {} */
          retention?: {
            /**
             * @description How long logs are kept, by the time of their newest entry.
             * @default {
             *       "months": 6
             *     }
             */
            maxAge?:
              | {
                  days: number;
                }
              | {
                  months: number;
                };
            /**
             * @description Largest size of the managed logs together, in MB; the oldest archives go first.
             * @default 1024
             */
            maxFolderMB?: number;
            /**
             * @description Globs of other logs’ names that expire and count towards the cap, too. They are never rotated or zipped.
             * @default []
             */
            alsoFamilies?: string[];
            /**
             * @description While true, nothing is deleted.
             * @default false
             */
            hold?: boolean;
          };
          /** @default {} */
          recording?: {
            /**
             * @description What is recorded: ["all"], or any of writes, auth, deployments, errors.
             * @default [
             *       "all"
             *     ]
             */
            log?: ['all'] | ('writes' | 'auth' | 'deployments' | 'errors')[];
            /**
             * @description Globs of paths that are never recorded.
             * @default []
             */
            exclude?: string[];
            /**
             * @description Globs of paths that count as authentication.
             * @default [
             *       "**\/auth",
             *       "**\/auth/**",
             *       "**\/auths",
             *       "**\/auths/**",
             *       "**\/login",
             *       "**\/login/**",
             *       "**\/logout",
             *       "**\/logout/**",
             *       "**\/session",
             *       "**\/session/**",
             *       "**\/sessions",
             *       "**\/sessions/**",
             *       "**\/signin",
             *       "**\/signin/**",
             *       "**\/signup",
             *       "**\/signup/**",
             *       "**\/oauth2",
             *       "**\/oauth2/**",
             *       "**\/token",
             *       "**\/token/**"
             *     ]
             */
            authPaths?: string[];
            /**
             * @description Globs of paths that count as deployments.
             * @default [
             *       "/api/deployments",
             *       "/api/deployments/**"
             *     ]
             */
            deploymentPaths?: string[];
            /**
             * @description How much of a request is recorded.
             * @default METADATA
             * @enum {string}
             */
            level?: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
            /**
             * @description Longest part of a body that is recorded, in bytes.
             * @default 2048
             */
            maxBodyBytes?: number;
          };
          /** @default {} */
          masking?: {
            /**
             * @description Further keys whose values are masked.
             * @default []
             */
            extraKeys?: string[];
          };
          /** @default {} */
          sessions?: {
            /**
             * @description Whether session archives are written.
             * @default false
             */
            enabled?: boolean;
            /**
             * @description Folder of the session archives, relative to the workspace.
             * @default session_logs
             */
            dir?: string;
            /**
             * @description What a session archive holds.
             * @default both
             * @enum {string}
             */
            format?: 'jsonl' | 'text' | 'both';
            /**
             * @description Days after which session archives are deleted.
             * @default 90
             */
            retentionDays?: number;
            /**
             * @description Seconds between clean-ups.
             * @default 3600
             */
            cleanupIntervalSeconds?: number;
            /**
             * @description Compression of session archives.
             * @default lzma
             * @enum {string}
             */
            compression?: 'stored' | 'deflated' | 'bzip2' | 'lzma';
            /**
             * @description Level for deflated and bzip2.
             * @default null
             */
            compressLevel?: number | null;
            /**
             * @description Most lines kept of one request, the newest ones; of 64 MB at most.
             * @default 20000
             */
            maxLines?: number;
            /**
             * @description Whether an archive needs a session id.
             * @default true
             */
            requireSessionId?: boolean;
          };
          /** @default {} */
          audit?: {
            /**
             * @description How much of a request becomes an audit record; NONE: none does.
             * @default NONE
             * @enum {string}
             */
            level?: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
            /**
             * @description Globs of the routes whose writes become audit records. Authentication paths always do.
             * @default [
             *       "/**"
             *     ]
             */
            adminPaths?: string[];
            /**
             * @description Whether audit records also go to a rotating audit.log.
             * @default false
             */
            file?: boolean;
            /**
             * @description Largest size of audit.log before it rotates, in MB.
             * @default 10
             */
            fileMB?: number;
            /**
             * @description Newest files of audit.log kept unzipped, counting the active one.
             * @default 1
             */
            keepPlain?: number;
            /**
             * @description Whether audit records also go to standard output.
             * @default false
             */
            console?: boolean;
            /**
             * @description How long audit records are kept; null is for ever.
             * @default null
             */
            maxAge?:
              | (
                  | {
                      days: number;
                    }
                  | {
                      months: number;
                    }
                )
              | null;
          };
          /** @default {} */
          forwarding?: {
            /**
             * @description Whether entries of the API log leave this machine.
             * @default false
             */
            entries?: boolean;
            /**
             * @description Whether audit records leave this machine.
             * @default false
             */
            audit?: boolean;
            /**
             * @description Whether usage events are written to usage.log and leave this machine.
             * @default false
             */
            usage?: boolean;
            /**
             * @description How a user is hashed: hmac with this installation’s key; sha256 can be guessed.
             * @default hmac
             * @enum {string}
             */
            userHash?: 'hmac' | 'sha256';
            /**
             * @description Whether texts are replaced by their size.
             * @default true
             */
            redactContent?: boolean;
            /**
             * @description Whether titles, and tags that people set, are sent, masked.
             * @default false
             */
            titlesAndTags?: boolean;
            /**
             * @description Whether the sizes of texts are exact or rounded.
             * @default exact
             * @enum {string}
             */
            summaries?: 'exact' | 'buckets';
            /**
             * @description Whether the ids of chats and messages are sent as they are or hashed.
             * @default plain
             * @enum {string}
             */
            chatIds?: 'plain' | 'hashed';
          };
          /** @default {} */
          export?: {
            /**
             * @description Whether an export of the workspace holds its logs.
             * @default false
             */
            logs?: boolean;
          };
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            policy: {
              /**
               * @description Version of this file’s format.
               * @constant
               */
              version: 1;
              /** @description The workspace’s name in its entries: 1 to 64 letters, digits, _ or -. */
              workspaceId?: string;
              rotation: {
                /**
                 * @description Largest size of an active log before it rotates, in MB.
                 * @default 20
                 */
                maxFileMB: number;
                /**
                 * @description Newest files of a log kept unzipped, counting the active one.
                 * @default 5
                 */
                keepPlain: number;
              };
              retention: {
                /**
                 * @description How long logs are kept, by the time of their newest entry.
                 * @default {
                 *       "months": 6
                 *     }
                 */
                maxAge:
                  | {
                      days: number;
                    }
                  | {
                      months: number;
                    };
                /**
                 * @description Largest size of the managed logs together, in MB; the oldest archives go first.
                 * @default 1024
                 */
                maxFolderMB: number;
                /**
                 * @description Globs of other logs’ names that expire and count towards the cap, too. They are never rotated or zipped.
                 * @default []
                 */
                alsoFamilies: string[];
                /**
                 * @description While true, nothing is deleted.
                 * @default false
                 */
                hold: boolean;
              };
              recording: {
                /**
                 * @description What is recorded: ["all"], or any of writes, auth, deployments, errors.
                 * @default [
                 *       "all"
                 *     ]
                 */
                log: ['all'] | ('writes' | 'auth' | 'deployments' | 'errors')[];
                /**
                 * @description Globs of paths that are never recorded.
                 * @default []
                 */
                exclude: string[];
                /**
                 * @description Globs of paths that count as authentication.
                 * @default [
                 *       "**\/auth",
                 *       "**\/auth/**",
                 *       "**\/auths",
                 *       "**\/auths/**",
                 *       "**\/login",
                 *       "**\/login/**",
                 *       "**\/logout",
                 *       "**\/logout/**",
                 *       "**\/session",
                 *       "**\/session/**",
                 *       "**\/sessions",
                 *       "**\/sessions/**",
                 *       "**\/signin",
                 *       "**\/signin/**",
                 *       "**\/signup",
                 *       "**\/signup/**",
                 *       "**\/oauth2",
                 *       "**\/oauth2/**",
                 *       "**\/token",
                 *       "**\/token/**"
                 *     ]
                 */
                authPaths: string[];
                /**
                 * @description Globs of paths that count as deployments.
                 * @default [
                 *       "/api/deployments",
                 *       "/api/deployments/**"
                 *     ]
                 */
                deploymentPaths: string[];
                /**
                 * @description How much of a request is recorded.
                 * @default METADATA
                 * @enum {string}
                 */
                level: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
                /**
                 * @description Longest part of a body that is recorded, in bytes.
                 * @default 2048
                 */
                maxBodyBytes: number;
              };
              masking: {
                /**
                 * @description Further keys whose values are masked.
                 * @default []
                 */
                extraKeys: string[];
              };
              sessions: {
                /**
                 * @description Whether session archives are written.
                 * @default false
                 */
                enabled: boolean;
                /**
                 * @description Folder of the session archives, relative to the workspace.
                 * @default session_logs
                 */
                dir: string;
                /**
                 * @description What a session archive holds.
                 * @default both
                 * @enum {string}
                 */
                format: 'jsonl' | 'text' | 'both';
                /**
                 * @description Days after which session archives are deleted.
                 * @default 90
                 */
                retentionDays: number;
                /**
                 * @description Seconds between clean-ups.
                 * @default 3600
                 */
                cleanupIntervalSeconds: number;
                /**
                 * @description Compression of session archives.
                 * @default lzma
                 * @enum {string}
                 */
                compression: 'stored' | 'deflated' | 'bzip2' | 'lzma';
                /**
                 * @description Level for deflated and bzip2.
                 * @default null
                 */
                compressLevel: number | null;
                /**
                 * @description Most lines kept of one request, the newest ones; of 64 MB at most.
                 * @default 20000
                 */
                maxLines: number;
                /**
                 * @description Whether an archive needs a session id.
                 * @default true
                 */
                requireSessionId: boolean;
              };
              audit: {
                /**
                 * @description How much of a request becomes an audit record; NONE: none does.
                 * @default NONE
                 * @enum {string}
                 */
                level: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
                /**
                 * @description Globs of the routes whose writes become audit records. Authentication paths always do.
                 * @default [
                 *       "/**"
                 *     ]
                 */
                adminPaths: string[];
                /**
                 * @description Whether audit records also go to a rotating audit.log.
                 * @default false
                 */
                file: boolean;
                /**
                 * @description Largest size of audit.log before it rotates, in MB.
                 * @default 10
                 */
                fileMB: number;
                /**
                 * @description Newest files of audit.log kept unzipped, counting the active one.
                 * @default 1
                 */
                keepPlain: number;
                /**
                 * @description Whether audit records also go to standard output.
                 * @default false
                 */
                console: boolean;
                /**
                 * @description How long audit records are kept; null is for ever.
                 * @default null
                 */
                maxAge:
                  | (
                      | {
                          days: number;
                        }
                      | {
                          months: number;
                        }
                    )
                  | null;
              };
              forwarding: {
                /**
                 * @description Whether entries of the API log leave this machine.
                 * @default false
                 */
                entries: boolean;
                /**
                 * @description Whether audit records leave this machine.
                 * @default false
                 */
                audit: boolean;
                /**
                 * @description Whether usage events are written to usage.log and leave this machine.
                 * @default false
                 */
                usage: boolean;
                /**
                 * @description How a user is hashed: hmac with this installation’s key; sha256 can be guessed.
                 * @default hmac
                 * @enum {string}
                 */
                userHash: 'hmac' | 'sha256';
                /**
                 * @description Whether texts are replaced by their size.
                 * @default true
                 */
                redactContent: boolean;
                /**
                 * @description Whether titles, and tags that people set, are sent, masked.
                 * @default false
                 */
                titlesAndTags: boolean;
                /**
                 * @description Whether the sizes of texts are exact or rounded.
                 * @default exact
                 * @enum {string}
                 */
                summaries: 'exact' | 'buckets';
                /**
                 * @description Whether the ids of chats and messages are sent as they are or hashed.
                 * @default plain
                 * @enum {string}
                 */
                chatIds: 'plain' | 'hashed';
              };
              export: {
                /**
                 * @description Whether an export of the workspace holds its logs.
                 * @default false
                 */
                logs: boolean;
              };
            };
            plan: {
              steps: {
                kind: string;
                name: string;
                to?: string;
                bytes: number;
                reason: string;
              }[];
              skipped: {
                name: string;
                reason: string;
              }[];
              before: {
                files: number;
                bytes: number;
              };
              after: {
                files: number;
                bytes: number;
              };
            };
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_logs_files: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            items: {
              name: string;
              family: string;
              /** @enum {string} */
              kind: 'active' | 'rotated' | 'archive' | 'session' | 'foreign';
              bytes: number;
              /** Format: date-time */
              modified: string;
              /** Format: date-time */
              firstEntry?: string;
              /** Format: date-time */
              lastEntry?: string;
            }[];
            nextCursor: null;
            total: number;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_logs_files_filename: {
    parameters: {
      query?: {
        decompress?: '0' | '1';
      };
      header?: never;
      path: {
        id: string;
        filename: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/octet-stream': string;
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  delete_workspaces_id_logs_files_filename: {
    parameters: {
      query?: {
        active?: '0' | '1';
      };
      header?: never;
      path: {
        id: string;
        filename: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_logs_entries: {
    parameters: {
      query?: {
        from?: string;
        to?: string;
        limit?: number;
        cursor?: string;
        user?: string;
        method?: string;
        status?: string;
        path?: string;
        q?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            items: {
              [key: string]: unknown;
            }[];
            nextCursor: string | null;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_logs_stream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  post_workspaces_id_logs_maintenance: {
    parameters: {
      query?: {
        dry_run?: '0' | '1';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            steps: {
              kind: string;
              name: string;
              to?: string;
              bytes: number;
              reason: string;
            }[];
            skipped: {
              name: string;
              reason: string;
            }[];
            before: {
              files: number;
              bytes: number;
            };
            after: {
              files: number;
              bytes: number;
            };
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_audit: {
    parameters: {
      query?: {
        user?: string;
        action?: string;
        entity_type?: string;
        entity_id?: string;
        from?: string;
        to?: string;
        text?: string;
        limit?: number;
        offset?: number;
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            items: ({
              id: string;
              user_id: string;
              action: string;
              entity_type: string;
              entity_id: string;
              created_at: number;
            } & {
              [key: string]: unknown;
            })[];
            nextCursor: string | null;
            total: number;
            totalIsExact: boolean;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  post_workspaces_id_audit: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          id?: string;
          user_id: string;
          action: string;
          entity_type: string;
          entity_id: string;
          created_at?: number;
        } & {
          [key: string]: unknown;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            id: string;
          };
        };
      };
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            id: string;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_audit_export: {
    parameters: {
      query?: {
        user?: string;
        action?: string;
        entity_type?: string;
        entity_id?: string;
        from?: string;
        to?: string;
        text?: string;
        format?: 'json' | 'jsonl' | 'csv' | 'syslog';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': string;
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_audit_verification: {
    parameters: {
      query?: {
        indexes?: '0' | '1';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @enum {string} */
            state: 'sound' | 'tampered' | 'unknown';
            records: number;
          } & {
            [key: string]: unknown;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_workspaces_id_audit_record_proof: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
        record: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            record: string;
            leaf: number;
            path: string[];
            note: string;
          };
        };
      };
      /** @description A problem. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
