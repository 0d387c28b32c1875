/// The id of a row of one table; ids of different tables do not mix.
public struct RowID<Row>: Hashable, Comparable, Sendable {
  /// The row's `id`.
  public let number: Int64

  /// Wraps an id.
  public init(_ number: Int64) { self.number = number }

  /// Order of creation.
  public static func < (left: RowID, right: RowID) -> Bool { left.number < right.number }
}

/// The store's tables, as tags of ids.
public enum Table {
  /// `lineage`
  public enum Lineage {}
  /// `question`
  public enum Question {}
  /// `answer`
  public enum Answer {}
  /// `method`
  public enum Method {}
  /// `owner`
  public enum Owner {}
  /// `source`
  public enum Source {}
  /// `text`
  public enum Text {}
  /// `trace`
  public enum Trace {}
}

/// The id of a lineage.
public typealias LineageID = RowID<Table.Lineage>
/// The id of a trace.
public typealias TraceID = RowID<Table.Trace>
/// A question is named by the id of its first answer.
typealias QuestionID = RowID<Table.Question>
typealias AnswerID = RowID<Table.Answer>
typealias MethodID = RowID<Table.Method>
typealias OwnerID = RowID<Table.Owner>
typealias SourceID = RowID<Table.Source>
typealias TextID = RowID<Table.Text>
