/// One process that wrote to a store: where a tick or a trace comes from.
public struct ProcessIdentity: Hashable, Sendable {
  /// The machine's name.
  public let host: String
  /// The process id.
  public let pid: Int32
  /// The program's name.
  public let program: String
  /// When it started, or first used the cache: milliseconds since 1970, UTC.
  public let startedAt: Int64

  /// Makes an identity.
  public init(host: String, pid: Int32, program: String, startedAt: Int64) {
    self.host = host
    self.pid = pid
    self.program = program
    self.startedAt = startedAt
  }
}

/// How a trace came to be.
public struct Provenance: Hashable, Sendable {
  /// The process that generated it.
  public let process: ProcessIdentity
  /// When generation ended: milliseconds since 1970, UTC.
  public let generatedAt: Int64
  /// How long the generator ran, nested generations included, in nanoseconds.
  public let generationNanoseconds: Int64

  /// Makes a provenance.
  public init(process: ProcessIdentity, generatedAt: Int64, generationNanoseconds: Int64) {
    self.process = process
    self.generatedAt = generatedAt
    self.generationNanoseconds = generationNanoseconds
  }
}

/// What a method is, for people, for `cachectl`, and for finding it again in another process: no part of any key.
public struct MethodDescription: Hashable, Sendable {
  /// The module that defined the method.
  public let module: String
  /// The method table that holds it.
  public let table: String
  /// The declared signature; its function is the method's name.
  public let signature: Signature
  /// Where it is defined, such as `trig.ir:12:1`.
  public let location: String

  /// Makes a description.
  public init(module: String, table: String, signature: Signature, location: String) {
    self.module = module
    self.table = table
    self.signature = signature
    self.location = location
  }
}
