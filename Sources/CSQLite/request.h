#pragma once
#include <sqlite3.h>

// The table `request`, whose one row is asked for again and again, and is what stands in memory at the time: a statement that joins it
// with others needs no parameters and never ends. Each of its steps answers another request, with cursors that stay open.

/// The row of `request`, which belongs to the connection.
typedef struct {
  sqlite3_int64 method, instance, owner, lineage, world;
  /// Set by who writes the row, cleared when a statement has taken it.
  int is_waiting;
} worldcache_request;

typedef struct {
  sqlite3_vtab base;
  worldcache_request *request;
} worldcache_request_table;

typedef struct {
  sqlite3_vtab_cursor base;
  worldcache_request *request;
} worldcache_request_cursor;

static inline int worldcache_request_connect(
    sqlite3 *database, void *request, int count, const char *const *arguments, sqlite3_vtab **result, char **error) {
  int code = sqlite3_declare_vtab(
      database, "CREATE TABLE request (method INTEGER, instance INTEGER, owner INTEGER, lineage INTEGER, world INTEGER)");
  if (code != SQLITE_OK) return code;
  worldcache_request_table *table = (worldcache_request_table *)sqlite3_malloc(sizeof(worldcache_request_table));
  if (!table) return SQLITE_NOMEM;
  *table = (worldcache_request_table){.request = (worldcache_request *)request};
  *result = &table->base;
  return SQLITE_OK;
}

static inline int worldcache_request_disconnect(sqlite3_vtab *table) {
  sqlite3_free(table);
  return SQLITE_OK;
}

static inline int worldcache_request_plan(sqlite3_vtab *table, sqlite3_index_info *info) {
  info->estimatedCost = 1;
  info->estimatedRows = 1;
  return SQLITE_OK;
}

static inline int worldcache_request_open(sqlite3_vtab *table, sqlite3_vtab_cursor **result) {
  worldcache_request_cursor *cursor = (worldcache_request_cursor *)sqlite3_malloc(sizeof(worldcache_request_cursor));
  if (!cursor) return SQLITE_NOMEM;
  *cursor = (worldcache_request_cursor){.request = ((worldcache_request_table *)table)->request};
  *result = &cursor->base;
  return SQLITE_OK;
}

static inline int worldcache_request_close(sqlite3_vtab_cursor *cursor) {
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static inline int worldcache_request_next(sqlite3_vtab_cursor *cursor) {
  ((worldcache_request_cursor *)cursor)->request->is_waiting = 0;
  return SQLITE_OK;
}

static inline int worldcache_request_filter(
    sqlite3_vtab_cursor *cursor, int index, const char *name, int count, sqlite3_value **values) {
  return worldcache_request_next(cursor);
}

static inline int worldcache_request_is_at_end(sqlite3_vtab_cursor *cursor) { return 0; }

static inline int worldcache_request_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column) {
  const worldcache_request *request = ((worldcache_request_cursor *)cursor)->request;
  const sqlite3_int64 values[] = {request->method, request->instance, request->owner, request->lineage, request->world};
  sqlite3_result_int64(context, values[column]);
  return SQLITE_OK;
}

static inline int worldcache_request_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *result) {
  *result = 1;
  return SQLITE_OK;
}

/// Lets statements of a connection use `request`, and returns its row; NULL if there is no memory.
static inline worldcache_request *worldcache_define_request(sqlite3 *database) {
  static const sqlite3_module module = {
      .iVersion = 1,
      .xConnect = worldcache_request_connect,
      .xBestIndex = worldcache_request_plan,
      .xDisconnect = worldcache_request_disconnect,
      .xOpen = worldcache_request_open,
      .xClose = worldcache_request_close,
      .xFilter = worldcache_request_filter,
      .xNext = worldcache_request_next,
      .xEof = worldcache_request_is_at_end,
      .xColumn = worldcache_request_column,
      .xRowid = worldcache_request_rowid,
  };
  worldcache_request *request = (worldcache_request *)sqlite3_malloc(sizeof(worldcache_request));
  if (!request) return 0;
  *request = (worldcache_request){0};
  // Frees the row with the connection, and at once if it fails.
  int code = sqlite3_create_module_v2(database, "request", &module, request, sqlite3_free);
  return code == SQLITE_OK ? request : 0;
}
