import CacheIdentity
import Foundation
import Migrations
import Testing

@testable import SourceStore

@Suite("What only format 3 could hold reads the same once it is converted")
struct ConversionTests {
  /// Texts as format 3 holds them, beside what they say: only control characters were abbreviations then.
  private static let texts: [(stored: String, said: String)] = [
    ("plain", "plain"), ("\u{a0}", "\u{a0}"), ("é", "é"), ("\u{ff}\u{100}x", "\u{ff}\u{100}x"),
    ("aˠ\u{2ff}", "aˠ\u{2ff}"),
    ("\u{300}", "\u{300}"), ("π日😀", "π日😀"), ("\u{7f}ñ", "ñ"), ("\u{7f}\u{80}", "\u{80}"), ("\u{1}é", "Arrayé"),
    ("\u{1}{\u{9f}}\u{17f}", "Array{Int64}\u{17f}"), ("ß.jl:12", "ß.jl:12"), ("\u{1}ß.jl:7", "Arrayß.jl:7"),
  ]

  /// A store of format 3 in which each text is a method's function, arguments and location.
  private func writeFormatThree(to path: String) throws {
    try StoreFile.create(path) { _ in }
    let connection = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: 0)
    try connection.writing { () throws(StoreError) in
      for migration in Migration.all where migration.version <= 3 {
        try connection.executeScript(migration.dropping)
        try connection.executeScript(migration.sql)
      }
      try connection.executeScript(
        """
        PRAGMA application_id = \(SourceStore.applicationID); PRAGMA user_version = 3;
        INSERT INTO packed_text (id, content) VALUES (1, 'Array'), (159, 'Int64');
        INSERT INTO generator (id, name, fingerprint) VALUES (1, 'g', '1');
        INSERT INTO place (id, module, table_name) VALUES (1, 'Main', 'global');
        """)
      for (number, text) in ConversionTests.texts.enumerated() {
        let id = try connection.intern(text: text.said)
        try connection.execute("UPDATE packed_text SET content = ? WHERE id = ?", text.stored, id)
        try connection.execute(
          """
          INSERT INTO stored_method (id, generator, place, function, arguments, location, hash)
          VALUES (?1, 1, 1, ?2, ?2, ?2, ?3)
          """, 16384 + Int64(number), id, Digest(high: UInt64(number) << 50, low: 0))
      }
    }
  }

  @Test("Characters that are abbreviations since format 4, alone and beside those of format 3, and lines of files")
  func texts() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store")
    try writeFormatThree(to: path)
    let store = try SourceStore(.existingFile(path))
    #expect(try store.verify() == [])
    for isOptimized in [false, true] {
      if isOptimized { _ = try store.optimize() }
      let found: [[String]] = try store.read { connection throws(StoreError) in
        try connection.all("SELECT function, arguments, location FROM method ORDER BY id") {
          [$0.text(0), $0.text(1), $0.text(2)]
        }
      }
      #expect(found == ConversionTests.texts.map { Array(repeating: $0.said, count: 3) })
    }
    // What stood for a file and a line is used by methods' names here, so nothing went; the files' names came.
    let files: [Int64] = try store.read { connection throws(StoreError) in
      try connection.all("SELECT line FROM stored_method WHERE line IS NOT NULL ORDER BY id") { $0.int(0) }
    }
    #expect(files == [12, 7])
  }

  @Test(
    "W12: what was damaged before is found damaged after, though it has other ids and seals",
    arguments: [
      ("DELETE FROM backedge WHERE trace = 1", "answer"), ("UPDATE answer SET traces = traces + 1", "answer"),
      ("UPDATE answer SET seal = seal + 1", "answer"), ("UPDATE trace SET edges = x'01' WHERE id > 1", "trace"),
      ("UPDATE code_instance SET seal = seal + 1", "code_instance"),
      ("DELETE FROM answer_range WHERE question = 1", "code_instance"), ("DELETE FROM source_question", "answer"),
      ("UPDATE packed_text SET content = 'other'", "text"), ("DELETE FROM trace WHERE id = 1", "code_instance"),
    ])
  func damaged(sql: String, table: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store")
    let stored = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../CompatibilityTests/Stores/format-3.store")
    try FileManager.default.copyItem(atPath: stored.path, toPath: path)
    let connection = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: 0)
    try connection.executeScript(sql)
    let found = try SourceStore(.existingFile(path)).verify()
    #expect(found.contains { $0.table == table }, "\(found.map(\.description))")
  }
}
