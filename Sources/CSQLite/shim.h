#pragma once
#include <sqlite3.h>

#include "request.h"

// SQLITE_TRANSIENT and SQLITE_STATIC are casts of integers to function pointers, which Swift does not import.
static inline int worldcache_bind_blob_transient(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int worldcache_bind_text_transient(sqlite3_stmt *statement, int index, const char *text, int count) {
  return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

static inline void worldcache_result_text_transient(sqlite3_context *context, const char *text, int count) {
  sqlite3_result_text(context, text, count, SQLITE_TRANSIENT);
}

// sqlite3_db_config is variadic, which Swift does not import. Defensive mode refuses SQL that could corrupt the file.
static inline int worldcache_make_defensive(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

// sqlite3_config is variadic too. Fails, harmlessly, if the process has used SQLite before.
static inline int worldcache_configure(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
