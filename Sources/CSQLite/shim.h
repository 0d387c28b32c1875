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

// What one statement closes, in the order in which it comes to the rows: traces, and the new seals of their rows.
typedef struct {
  const sqlite3_int64 *traces;
  const sqlite3_int64 *seals;
  sqlite3_int64 count;
  sqlite3_int64 position;
} worldcache_closing;

// SQL's closed_seal(trace): the new seal of the row that the statement has come to, NULL if it is not one to close. In C because it is
// called twice for each row that a tick closes; in Swift it takes longer than the update.
static inline void worldcache_closed_seal(sqlite3_context *context, int count, sqlite3_value **values) {
  worldcache_closing *closing = (worldcache_closing *)sqlite3_user_data(context);
  sqlite3_int64 trace = sqlite3_value_int64(values[0]);
  sqlite3_int64 next = closing->position + 1;
  (void)count;
  if (next < closing->count && closing->traces[next] == trace) closing->position = next;
  else if (next == 0 || closing->traces[next - 1] != trace) return;
  sqlite3_result_int64(context, closing->seals[closing->position]);
}

static inline int worldcache_define_closed_seal(sqlite3 *database, worldcache_closing *closing) {
  return sqlite3_create_function_v2(
      database, "closed_seal", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, closing, worldcache_closed_seal, 0, 0, 0);
}

// sqlite3_config is variadic too. Fails, harmlessly, if the process has used SQLite before.
static inline int worldcache_configure(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
