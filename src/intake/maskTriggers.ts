/** The characters at which a scanner may begin. */
export const TRIGGERS = '_-.:=<$%{["\'`JAaBbGg';
