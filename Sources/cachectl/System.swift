import BloatReport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Double {
  /// The natural logarithm.
  var logarithm: Double { log(self) }
  /// e to this power.
  var exponential: Double { exp(self) }
}

/// What the calling thread has used so far, where the system tells.
struct ThreadUse {
  /// Time on a processor; 0 where nobody knows.
  var nanoseconds: Int64 = 0
  /// Pages that it touched first, without a disk being read; -1 where nobody knows.
  var pageFaults: Int64 = -1

  static var now: ThreadUse {
    var use = ThreadUse()
    var time = timespec()
    if clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 {
      use.nanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    #if os(Linux)
      var usage = rusage()
      // RUSAGE_THREAD, which Linux's headers hide without _GNU_SOURCE.
      if getrusage(__rusage_who_t(1), &usage) == 0 { use.pageFaults = Int64(usage.ru_minflt) }
    #endif
    return use
  }
}

/// What the command asks of its environment.
enum Environment {
  /// A variable that is set and not empty.
  static subscript(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}

/// The system's words.
enum SystemText {
  static func message(of errorNumber: Int32) -> String { String(cString: strerror(errorNumber)) }
}

/// The standard error, for messages and progress.
enum StandardError {
  static let isTerminal = isatty(2) == 1

  static func write(_ text: String) {
    var text = text
    // There is nowhere to report a failure of this.
    text.withUTF8 { _ = Output.writeAll(UnsafeRawBufferPointer($0), to: 2) }
  }
}

/// The standard output, at once: for what a running program prints.
enum StandardOutput {
  static func write(_ text: String) {
    var text = text
    // A reader that has gone away is no reason to stop the program.
    text.withUTF8 { _ = Output.writeAll(UnsafeRawBufferPointer($0), to: 1) }
  }
}

/// Text files.
enum TextFile {
  /// The file's text; `-` is the standard input.
  static func read(_ path: String) throws(CommandError) -> String {
    let isInput = path == "-"
    let descriptor = isInput ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, errorNumber: errno) }
    defer { if !isInput { close(descriptor) } }
    guard let bytes = bytes(of: descriptor) else { throw .unreadable(path: path, errorNumber: errno) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
    return text
  }

  /// The first bytes, fewer if the file ends.
  static func beginning(of path: String, count: Int) throws(CommandError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, errorNumber: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
    guard read >= 0 else { throw .unreadable(path: path, errorNumber: errno) }
    return Array(bytes.prefix(read))
  }

  /// All that can be read; `nil` if reading fails, and `errno` says why.
  static func bytes(of descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  private static func systemRead(_ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, start, count)
    #elseif canImport(Musl)
      Musl.read(descriptor, start, count)
    #else
      Darwin.read(descriptor, start, count)
    #endif
  }
}

/// The standard output, buffered. A failure is remembered, and thrown when the output is finished.
struct Output: ~Copyable, TextSink {
  static let isTerminal = isatty(1) == 1
  /// The columns of the terminal; where there is none, of a wide one.
  static let width: Int = {
    var size = winsize()
    if isTerminal, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return Environment["COLUMNS"].flatMap { Int($0) } ?? 120
  }()
  private static let capacity = 1 << 16

  private var buffer: [UInt8] = []
  private var failure: Int32 = 0

  init() { buffer.reserveCapacity(Output.capacity) }

  mutating func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Output.capacity { flush() }
  }

  mutating func write(bytes: [UInt8]) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Output.capacity { flush() }
  }

  mutating func writeLine(_ text: String) {
    write(text)
    write("\n")
  }

  /// Writes what is left; throws if anything could not be written.
  consuming func finish() throws(CommandError) {
    flush()
    if failure != 0 { throw .outputFailed(errorNumber: failure) }
  }

  private mutating func flush() {
    if failure == 0 { failure = buffer.withUnsafeBytes { Output.writeAll($0, to: 1) } }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Returns 0, or the number of the error.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return errno }
    }
    return 0
  }

  private static func write(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, start, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, start, count)
    #else
      Darwin.write(descriptor, start, count)
    #endif
  }
}

/// Colours, where a terminal shows them and nobody objects (no-color.org).
struct Style {
  let isColored: Bool

  static let standard = Style(
    isColored: Output.isTerminal && Environment["NO_COLOR"] == nil && Environment["TERM"] != "dumb")

  func bold(_ text: String) -> String { dress(text, "1") }
  func faint(_ text: String) -> String { dress(text, "2") }
  func good(_ text: String) -> String { dress(text, "32") }
  func bad(_ text: String) -> String { dress(text, "31") }

  private func dress(_ text: String, _ code: String) -> String {
    isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}

/// A line on the terminal that says how far long work is; nothing if the standard error is no terminal.
struct ProgressLine {
  private var shown = ""

  mutating func show(_ text: String) {
    guard StandardError.isTerminal, text != shown else { return }
    shown = text
    StandardError.write("\r\u{1b}[K\(text)")
  }

  /// The same, with a bar.
  mutating func show(_ text: String, done: Int, of total: Int) {
    guard StandardError.isTerminal else { return }
    let width = 30
    let share = total > 0 ? Double(min(done, total)) / Double(total) : 0
    let filled = Int(share * Double(width))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let percent = String(Int(share * 100))
    show("[\(bar)] \(String(repeating: " ", count: 3 - percent.count))\(percent)%  \(text)")
  }

  mutating func clear() {
    if !shown.isEmpty { StandardError.write("\r\u{1b}[K") }
    shown = ""
  }
}
